package objectstore

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// failure is a refusal: a status and the service's JSON body (reference,
// section 5.6).
type failure struct {
	status        int
	code, message string
}

// bucketNotFound is the service's answer to whatever a PAR does not permit: it
// does not tell a missing bucket from one that the caller may not see.
func bucketNotFound(t target) *failure {
	return &failure{http.StatusNotFound, "BucketNotFound", fmt.Sprintf(
		"Either the bucket named '%s' does not exist in the namespace '%s' or you are not authorized to access it",
		t.bucket, t.namespace)}
}

func objectNotFound(t target) *failure {
	return &failure{http.StatusNotFound, "ObjectNotFound", fmt.Sprintf(
		"The object '%s' was not found in the bucket '%s' of the namespace '%s'", t.object, t.bucket, t.namespace)}
}

func invalidParameter(format string, args ...any) *failure {
	return &failure{http.StatusBadRequest, "InvalidParameter", fmt.Sprintf(format, args...)}
}

func (f *failure) write(w http.ResponseWriter, r *http.Request) {
	if f.status == http.StatusNotModified { // has no body by definition
		w.WriteHeader(f.status)
		return
	}
	Fail(w, r, f.status, f.code, f.message)
}

// Fail answers r the way the service reports a failure: a JSON body with code
// and message, or headers alone for HEAD. Intercept hooks use it.
func Fail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	body, err := json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{code, message})
	if err != nil { // two strings always marshal
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
