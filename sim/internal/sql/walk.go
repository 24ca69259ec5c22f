package sql

// Children calls visit for each direct operand of an expression. Queries
// inside an expression are not entered.
func Children(x Expr, visit func(Expr)) {
	each := func(list ...Expr) {
		for _, e := range list {
			if e != nil {
				visit(e)
			}
		}
	}
	switch x := x.(type) {
	case *Call:
		for _, a := range x.Args {
			each(a.Value)
		}
		for _, o := range x.Within {
			each(o.Expr)
		}
	case *Unary:
		each(x.X)
	case *Binary:
		each(x.X, x.Y)
	case *Logical:
		each(x.X, x.Y)
	case *Not:
		each(x.X)
	case *IsNull:
		each(x.X)
	case *Between:
		each(x.X, x.Low, x.High)
	case *Like:
		each(x.X, x.Pattern, x.Escape)
	case *In:
		each(x.X)
		each(x.List...)
	case *Row:
		each(x.Items...)
	default:
		specialChildren(x, each)
	}
}

// specialChildren is Children for the forms with a syntax of their own.
func specialChildren(x Expr, each func(...Expr)) {
	switch x := x.(type) {
	case *Case:
		each(x.Operand)
		for _, w := range x.Whens {
			each(w.If, w.Then)
		}
		each(x.Else)
	case *Cast:
		each(x.X)
	case *Extract:
		each(x.X)
	case *Trim:
		each(x.Chars, x.X)
	case *JSONObject:
		for _, p := range x.Pairs {
			each(p.Key, p.Value)
		}
	case *Document:
		each(x.X)
	case *AtZone:
		each(x.X, x.Zone)
	}
}
