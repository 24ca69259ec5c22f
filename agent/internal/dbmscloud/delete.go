package dbmscloud

import (
	"context"
	"database/sql"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

var deleteKind = oracle.Kind{
	Name:    "dbmscloud.delete",
	Purpose: "deletes an object of a migration from the bucket, when the agent has a credential; its URI has no PAR", Privileges: []string{"EXECUTE ON DBMS_CLOUD"},
}

// objectGone is what the store's 404 becomes (reference, section 4).
const objectGone = 20404

// Delete deletes one object by its native URI with a credential of the session's
// user: no PAR can (reference, section 5.3). An object that is not there is
// deleted already.
func Delete(ctx context.Context, s *oracle.Session, credential oracle.Name, uri string) error {
	err := s.Call(ctx, deleteKind, "BEGIN DBMS_CLOUD.DELETE_OBJECT(credential_name => :credential, object_uri => :uri); END;",
		sql.Named("credential", credential.Text()), sql.Named("uri", uri))
	if oracle.HasCode(err, objectGone) {
		return nil
	}
	return err
}
