package plan

import pb "github.com/adbferry/adbferry/proto/adbferry/v1"

// ProvenFormats returns the formats that worked when two databases were
// diagnosed; none without a diagnosis.
func ProvenFormats(d *pb.Diagnosis) []pb.Format {
	var out []pb.Format
	for _, f := range d.GetFormats() {
		if f.GetWorks() {
			out = append(out, f.GetFormat())
		}
	}
	return out
}
