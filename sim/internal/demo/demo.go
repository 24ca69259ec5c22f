// Package demo fills ADMIN.CUSTOMER_ORDERS_DEMO, the table that the tutorial in
// sim/judges/testdata moves from one region to another, with data that looks
// real and is chosen to hurt: names with apostrophes and quotes, texts with
// newlines, delimiters, backslashes and emoji, NULLs, zero and negative amounts,
// empty and very long CLOBs.
//
// The data depends on the number of the row alone: the same call makes the same
// table. It writes through the engine's Go API and owns nothing else.
package demo

import (
	"context"
	"fmt"
	"iter"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// The name of the table.
const (
	Schema = "ADMIN"
	Table  = "CUSTOMER_ORDERS_DEMO"
)

// batch is how many rows are inserted, and committed, at a time.
const batch = 1000

const createTable = `CREATE TABLE ADMIN.CUSTOMER_ORDERS_DEMO (
  order_id NUMBER PRIMARY KEY,
  customer_id NUMBER,
  customer_name VARCHAR2(200),
  email VARCHAR2(200),
  order_date TIMESTAMP,
  order_total NUMBER(10,2),
  discount_percent NUMBER(5,2),
  tax_amount NUMBER(10,2),
  shipping_address CLOB,
  order_status VARCHAR2(50),
  payment_method VARCHAR2(50),
  product_details_json CLOB,
  metadata_json CLOB,
  customer_notes CLOB,
  created_at TIMESTAMP,
  updated_at TIMESTAMP
)`

// columns are the table's columns, in the order of order.row.
var columns = []string{
	"ORDER_ID", "CUSTOMER_ID", "CUSTOMER_NAME", "EMAIL", "ORDER_DATE", "ORDER_TOTAL", "DISCOUNT_PERCENT",
	"TAX_AMOUNT", "SHIPPING_ADDRESS", "ORDER_STATUS", "PAYMENT_METHOD", "PRODUCT_DETAILS_JSON", "METADATA_JSON",
	"CUSTOMER_NOTES", "CREATED_AT", "UPDATED_AT",
}

// Load creates the table and inserts rows rows in batches of 1,000, each
// committed by itself. After each batch it calls progress, which may be nil,
// with the number of rows inserted so far.
//
// Errors: ORA-00955 when the table exists; what the engine reports. Batches that
// were committed before an error stay.
func Load(ctx context.Context, session *engine.Session, rows int, progress func(done int)) error {
	if err := session.Exec(ctx, createTable); err != nil {
		return fmt.Errorf("create the demo table: %w", err)
	}
	w := newWriter()
	for done := 0; done < rows; {
		n := min(batch, rows-done)
		if _, err := session.Append(ctx, Schema, Table, columns, w.rows(done+1, n)); err != nil {
			return fmt.Errorf("insert demo rows from %d: %w", done+1, err)
		}
		if err := session.Commit(ctx); err != nil {
			return fmt.Errorf("commit demo rows from %d: %w", done+1, err)
		}
		if done += n; progress != nil {
			progress(done)
		}
	}
	return nil
}

// rows yields n orders, the first of them with the given number.
func (w *writer) rows(first, n int) iter.Seq2[datum.Row, error] {
	return func(yield func(datum.Row, error) bool) {
		for id := first; id < first+n; id++ {
			if !yield(w.order(id).row(), nil) {
				return
			}
		}
	}
}
