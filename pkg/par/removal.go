package par

// A Place is objects of a bucket.
type Place struct {
	Region    string // OCI region; "" where the PAR's host does not tell
	Namespace string
	Bucket    string
	Prefix    string // full, of the objects' names
}

// Removal returns the command of the OCI CLI that deletes all objects of a place,
// which no PAR can (reference, section 5.3).
func Removal(p Place) string {
	text := "oci os object bulk-delete --namespace " + p.Namespace + " --bucket-name " + p.Bucket + " --prefix " + p.Prefix
	if p.Region != "" {
		text += " --region " + p.Region
	}
	return text
}
