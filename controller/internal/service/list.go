package service

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The page sizes of the API.
const (
	defaultPage = 100
	longestPage = 1000
	pageBytes   = 4 << 20
)

// ListMigrations implements MigrationService. Columns, chunks and definitions are
// left out of the plans; GetMigration has them.
func (s *Service) ListMigrations(_ context.Context, req *pb.ListMigrationsRequest) (*pb.ListMigrationsResponse, error) {
	ids, err := s.Store.IDs()
	if err != nil {
		return nil, err
	}
	var all []*pb.MigrationStatus
	for _, id := range ids {
		if m := s.listed(id); m != nil {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b *pb.MigrationStatus) int {
		return cmp.Or(b.GetPlanTime().AsTime().Compare(a.GetPlanTime().AsTime()), cmp.Compare(a.GetMigrationId(), b.GetMigrationId()))
	})
	if req.GetPageToken() != "" {
		at := slices.IndexFunc(all, func(m *pb.MigrationStatus) bool { return m.GetMigrationId() == req.GetPageToken() })
		if at < 0 {
			return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the page token does not belong to this list").
				WithFact("field", "page_token")
		}
		all = all[at:]
	}
	size := int(min(cmp.Or(req.GetPageSize(), defaultPage), longestPage))
	if size < 0 {
		size = defaultPage
	}
	resp := &pb.ListMigrationsResponse{Migrations: all}
	if size = min(size, fitting(all)); len(all) > size {
		resp.Migrations, resp.NextPageToken = all[:size], all[size].GetMigrationId()
	}
	return resp, nil
}

// fitting is how many migrations fit into one page: all of them, unless they have
// thousands of tables; one in any case.
func fitting(all []*pb.MigrationStatus) int {
	bytes := 0
	for n, m := range all {
		if bytes += proto.Size(m); bytes > pageBytes && n > 0 {
			return n
		}
	}
	return len(all)
}

// listed is a migration's entry in the list. A damaged journal does not hide the
// others: as much as can be read of it is shown. It is nil when the file is no
// migration: a crash left it before the first event was written.
func (s *Service) listed(id string) *pb.MigrationStatus {
	status, err := s.status(id)
	if apierr.ReasonOf(err) == pb.Reason_REASON_NOT_FOUND {
		return nil
	}
	if err != nil {
		if status, _ = s.Store.Readable(id); status.GetMigrationId() == "" {
			status = &pb.MigrationStatus{MigrationId: id}
		}
		status.State, status.Failure = pb.MigrationState_MIGRATION_STATE_FAILED, apierr.FailureOf(err)
	}
	for _, t := range status.GetPlan().GetTables() {
		t.Columns, t.Chunks, t.Definition = nil, nil, nil
	}
	return status
}
