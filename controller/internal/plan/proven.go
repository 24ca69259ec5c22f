package plan

import pb "github.com/adbferry/adbferry/proto/adbferry/v1"

// TriedFormats returns the formats that worked when two databases were
// diagnosed, and those that did not; none without a diagnosis.
func TriedFormats(d *pb.Diagnosis) (proven, failed []pb.Format) {
	for _, f := range d.GetFormats() {
		if f.GetWorks() {
			proven = append(proven, f.GetFormat())
		} else {
			failed = append(failed, f.GetFormat())
		}
	}
	return proven, failed
}
