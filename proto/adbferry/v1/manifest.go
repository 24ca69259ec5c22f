package pb

// TotalBytes returns the size of all objects of a manifest, as stored.
func (x *Manifest) TotalBytes() (bytes int64) {
	for _, o := range x.GetObjects() {
		bytes += o.GetBytes()
	}
	return bytes
}
