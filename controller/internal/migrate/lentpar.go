package migrate

import (
	"sync"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A lentPAR is the PAR that a run was lent. Another one may take its place at any
// time, until the run gives up for want of one.
type lentPAR struct {
	mu      sync.Mutex
	url     string      // a bearer secret; goes into requests and nowhere else
	number  int         // of the PAR, from 0
	refused *pb.Failure // why the run pauses
}

// use returns the PAR and its number.
func (l *lentPAR) use() (url string, number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.url, l.number
}

// secret returns the PAR.
func (l *lentPAR) secret() string {
	url, _ := l.use()
	return url
}

// replace puts another PAR in the place of the one before. It reports whether
// the run still takes one; the same PAR again changes nothing.
func (l *lentPAR) replace(url string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused != nil {
		return false
	}
	if url != l.url {
		l.url, l.number = url, l.number+1
	}
	return true
}

// refuse gives a PAR up, unless it was replaced meanwhile. Of several reasons
// the first one stays.
func (l *lentPAR) refuse(number int, why *pb.Failure) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.number != number {
		return false
	}
	if l.refused == nil {
		l.refused = why
	}
	return true
}

// why is the reason for which the run pauses, nil when it does not.
func (l *lentPAR) why() *pb.Failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}
