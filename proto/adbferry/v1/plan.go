package pb

// Carried returns the names of the columns that arrive on the target, in column
// order; virtual ones, which the target computes, are among them.
func (x *TablePlan) Carried() []string {
	var names []string
	for _, c := range x.GetColumns() {
		if c.GetLeftOut() == "" {
			names = append(names, c.GetColumn().GetName())
		}
	}
	return names
}

// LeftOut returns the columns that stay behind and why, in column order.
func (x *TablePlan) LeftOut() []*ColumnLeftOut {
	var out []*ColumnLeftOut
	for _, c := range x.GetColumns() {
		if c.GetLeftOut() != "" {
			out = append(out, &ColumnLeftOut{Name: c.GetColumn().GetName(), Why: c.GetLeftOut()})
		}
	}
	return out
}

// ConsentToRemove is the field of MigrationSpec that agrees to lose rows of the
// target. A failure that asks for this consent has it as the fact "field".
const ConsentToRemove = "allow_data_removal"
