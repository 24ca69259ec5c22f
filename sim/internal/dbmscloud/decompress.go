package dbmscloud

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// decompress unpacks an object as the compression option says; auto looks at
// the first bytes (reference, section 2.3). An empty object stays empty.
func decompress(kind string, body io.Reader) (io.Reader, error) {
	in := bufio.NewReader(body)
	first, _ := in.Peek(3) // what is wrong with the body shows again when it is read
	if len(first) == 0 {
		return in, nil
	}
	if kind == "auto" {
		kind = sniff(first)
	}
	switch kind {
	case "gzip":
		return gzip.NewReader(in)
	case "zlib":
		return zlib.NewReader(in)
	case "bzip2":
		return bzip2.NewReader(in), nil
	}
	return in, nil
}

// sniff tells the packed forms by their first bytes.
func sniff(first []byte) string {
	switch {
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(first, []byte("BZh")):
		return "bzip2"
	case len(first) > 1 && first[0] == 0x78 && (first[1] == 0x01 || first[1] == 0x9c || first[1] == 0xda):
		return "zlib"
	}
	return "none"
}
