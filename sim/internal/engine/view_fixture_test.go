package engine

import (
	"testing"
	"time"
)

// dictionary is a database whose dictionary is worth reading: tables of ADMIN
// and SALES, and CLERK, who was granted one of SALES's.
type dictionary struct {
	admin, sales, clerk *Session
	clock               *time.Time
}

func newDictionary(t testing.TB, configs ...Config) dictionary {
	t.Helper()
	now := testClock
	config := Config{Name: "ADBSJ"}
	if len(configs) > 0 {
		config = configs[0]
	}
	config.Now = func() time.Time { return now }
	i := New(config)
	for _, name := range []string{"ADMIN", "SALES", "CLERK"} {
		i.CreateUser(name, "Secret_12345")
	}
	d := dictionary{admin: i.Internal("ADMIN"), sales: i.Internal("SALES"), clerk: i.Internal("CLERK"), clock: &now}
	for _, s := range []*Session{d.admin, d.sales, d.clerk} {
		t.Cleanup(s.Close)
	}
	exec(t, d.sales,
		`CREATE TABLE customers (
			id NUMBER GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 2),
			code VARCHAR2(10 CHAR) NOT NULL,
			name VARCHAR2(40) DEFAULT 'none',
			secret VARCHAR2(5) INVISIBLE,
			letter VARCHAR2(1) GENERATED ALWAYS AS (SUBSTR(name, 1, 1)) VIRTUAL,
			note CLOB,
			CONSTRAINT customers_pk PRIMARY KEY (id),
			CONSTRAINT customers_code UNIQUE (code),
			CONSTRAINT customers_name CHECK (name <> 'nobody'))`,
		`CREATE TABLE orders (
			id NUMBER PRIMARY KEY,
			customer_id NUMBER CONSTRAINT orders_customer REFERENCES customers ON DELETE CASCADE)`,
		"CREATE INDEX orders_by_customer ON orders (customer_id, id)",
		"COMMENT ON TABLE orders IS 'what was ordered'",
		"COMMENT ON COLUMN orders.customer_id IS 'by whom'",
		"GRANT SELECT, INSERT ON orders TO clerk",
	)
	exec(t, d.admin, "CREATE TABLE journal (entry NUMBER)")
	return d
}

// A viewCase is a query and what the administrator, the owner and the clerk
// get for it. An absent answer is not asked for.
type viewCase struct {
	name, query         string
	admin, sales, clerk string
}

// nothing is the answer of a query without rows.
const nothing = "(nothing)"

func (d dictionary) check(t *testing.T, cases []viewCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, as := range []struct {
				s    *Session
				want string
			}{{d.admin, c.admin}, {d.sales, c.sales}, {d.clerk, c.clerk}} {
				if as.want == "" {
					continue
				}
				got := query(t, as.s, c.query)
				if got == "" {
					got = nothing
				}
				if got != as.want {
					t.Errorf("%s as %s\ngot  %s\nwant %s", c.query, as.s.User(), got, as.want)
				}
			}
		})
	}
}
