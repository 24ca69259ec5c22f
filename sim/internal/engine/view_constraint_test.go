package engine

import "testing"

func TestConstraintViews(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.sales, "ALTER TABLE customers DISABLE CONSTRAINT customers_name")
	d.check(t, []viewCase{
		{
			name:  "kinds",
			query: "SELECT table_name, constraint_type, COUNT(*) FROM user_constraints GROUP BY table_name, constraint_type ORDER BY 1, 2",
			sales: "CUSTOMERS|C|2; CUSTOMERS|P|1; CUSTOMERS|U|1; ORDERS|P|1; ORDERS|R|1",
		},
		{
			name: "foreign key", clerk: "ORDERS_CUSTOMER|SALES|CUSTOMERS_PK|CASCADE|ENABLED|VALIDATED|~",
			query: `SELECT constraint_name, r_owner, r_constraint_name, delete_rule, status, validated, index_name
				FROM all_constraints WHERE constraint_type = 'R'`,
		},
		{
			name: "primary key", sales: "CUSTOMERS_PK|~|~|CUSTOMERS_PK|SALES|USER NAME",
			query: `SELECT constraint_name, r_owner, delete_rule, index_name, index_owner, generated
				FROM user_constraints WHERE constraint_type = 'P' AND table_name = 'CUSTOMERS'`,
		},
		{
			name: "conditions", sales: `"CODE" IS NOT NULL|GENERATED NAME|ENABLED; name <> 'nobody'|USER NAME|DISABLED`,
			query: `SELECT search_condition_vc, generated, status FROM user_constraints WHERE constraint_type = 'C' ORDER BY 2`,
		},
		{
			name: "columns", clerk: "P|ID|1; R|CUSTOMER_ID|1",
			query: `SELECT k.constraint_type, c.column_name, c.position FROM all_constraints k
				JOIN all_cons_columns c ON c.owner = k.owner AND c.constraint_name = k.constraint_name ORDER BY 1`,
		},
		{
			name: "conditions have no order", sales: "NAME|~",
			query: "SELECT column_name, position FROM user_cons_columns WHERE constraint_name = 'CUSTOMERS_NAME'",
		},
	})
}

func TestIndexViews(t *testing.T) {
	newDictionary(t).check(t, []viewCase{
		{
			name: "definitions", clerk: "NORMAL|NONUNIQUE|VALID|VISIBLE|NO|N|NO; NORMAL|UNIQUE|VALID|VISIBLE|NO|Y|YES",
			query: `SELECT index_type, uniqueness, status, visibility, partitioned, generated, constraint_index
				FROM all_indexes ORDER BY uniqueness`,
		},
		{
			name: "columns", query: "SELECT column_name, column_position, descend FROM all_ind_columns WHERE index_name = 'ORDERS_BY_CUSTOMER' ORDER BY 2",
			sales: "CUSTOMER_ID|1|ASC; ID|2|ASC", clerk: "CUSTOMER_ID|1|ASC; ID|2|ASC",
		},
		{
			name: "a LOB has one too", query: "SELECT i.index_type, i.generated FROM user_indexes i JOIN user_lobs l ON l.index_name = i.index_name",
			sales: "LOB|Y",
		},
		{
			name: "lengths", query: "SELECT column_length, char_length FROM user_ind_columns WHERE index_name = 'CUSTOMERS_CODE'",
			sales: "40|10",
		},
		{
			name: "LOBs", query: "SELECT column_name, securefile, in_row, retention FROM all_lobs",
			admin: "NOTE|YES|YES|900", sales: "NOTE|YES|YES|900", clerk: nothing,
		},
	})
}
