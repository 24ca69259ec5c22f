package service

import (
	"cmp"
	"context"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Limits of a page of ListTables.
const (
	defaultPage = 100
	maxPage     = 1000
)

// ListTables describes the tables of a schema, page by page.
func (s *Service) ListTables(ctx context.Context, req *pb.ListTablesRequest) (*pb.ListTablesResponse, error) {
	schema, err := oracle.NewName(req.GetSchema())
	if err != nil {
		return nil, err
	}
	size := int(cmp.Or(req.GetPageSize(), defaultPage))
	if size < 1 || size > maxPage {
		return nil, invalid("page_size", "page_size must be 1 to %d, got %d", maxPage, size)
	}
	list := catalog.ListTables
	if req.GetDefinitions() {
		list = catalog.ListDefined
	}
	return with(ctx, s, "list tables", func(ctx context.Context, session *oracle.Session) (*pb.ListTablesResponse, error) {
		tables, more, err := list(ctx, session, schema.Text(), req.GetPattern(), req.GetPageToken(), size)
		if err != nil {
			return nil, err
		}
		resp := &pb.ListTablesResponse{Tables: tables}
		if more {
			resp.NextPageToken = tables[len(tables)-1].GetName().GetName()
		}
		return resp, nil
	})
}
