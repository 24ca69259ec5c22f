package session

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/logon"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// dbid stands for a globally unique database id: any 32 hex digits do.
const dbid = "ADBFE221ADBFE221ADBFE221ADBFE221"

// logon negotiates the dialect, checks the password and opens the session.
func (c *connection) logon(ctx context.Context) error {
	if err := c.negotiate(); err != nil {
		return err
	}
	var one, two ttc.AuthRequest
	if err := c.authRequest(ttc.FuncAuthOne, &one); err != nil {
		return err
	}
	user := storedName(one.User)
	challenge, err := c.challengeFor(user)
	if err != nil {
		return err
	}
	if err := c.authRequest(ttc.FuncAuthTwo, &two); err != nil {
		return err
	}
	err = challenge.Check(two.Pairs["AUTH_SESSKEY"], two.Pairs["AUTH_PBKDF2_SPEEDY_KEY"])
	if err != nil {
		return c.deny(datum.Errorf(1017, "invalid username/password; logon denied"))
	}
	c.user, c.challenge = user, challenge
	if err := c.options(&one, &two); err != nil {
		return c.deny(visible(err))
	}
	if err := c.open(ctx, one.Pairs, two.Pairs); err != nil {
		return c.deny(datum.AsError(err))
	}
	proof, err := challenge.Proof()
	if err != nil {
		return err
	}
	ttc.AuthReply{Pairs: c.properties(proof)}.Encode(&c.w)
	ttc.SessionParameters{NLS: c.session.NLS()}.Encode(&c.w)
	ttc.EndOfCall{}.Encode(&c.w)
	return c.flush()
}

// adminModes are the bits of the modes SYSDBA, SYSOPER, SYSASM, SYSBACKUP, SYSDG,
// SYSKM and SYSRAC, which no user of an Autonomous Database has.
const adminModes = 0x20 | 0x40 | 0x400000 | 0x1000000 | 0x2000000 | 0x4000000 | 0x8000000

// options refuses what a client can ask for at logon and is not simulated, and
// changes the password if that is asked for.
func (c *connection) options(one, two *ttc.AuthRequest) error {
	switch edition := two.Pairs["AUTH_ORA_EDITION"]; {
	case (one.Mode|two.Mode)&adminModes != 0:
		return datum.Errorf(1031, "insufficient privileges")
	case two.Pairs["PROXY_CLIENT_NAME"] != "":
		return datum.Errorf(28150, "proxy not authorized to connect as client")
	case edition != "" && !strings.EqualFold(edition, "ORA$BASE"):
		return datum.Errorf(38802, "edition does not exist")
	}
	for key := range two.Pairs {
		if strings.HasPrefix(key, "AUTH_APPCTX") {
			return datum.Errorf(3001, "unimplemented feature: application context at logon")
		}
	}
	if sealed := two.Pairs["AUTH_NEWPASSWORD"]; sealed != "" {
		return c.newPassword(sealed)
	}
	return nil
}

// newPassword gives the user the password that the client has sealed.
func (c *connection) newPassword(sealed string) error {
	password, err := c.challenge.Password(sealed)
	if err != nil || password == "" {
		return datum.Errorf(988, "missing or invalid password(s)")
	}
	return c.db.ChangePassword(c.user, password)
}

// anotherLogon serves phase one inside of a session: some clients prove the old
// password once more before they change it.
func (c *connection) anotherLogon(ctx context.Context) error {
	var m ttc.AuthRequest
	if err := m.Decode(c.r); err != nil {
		return err
	}
	if err := c.admit(ctx, ttc.FuncAuthOne, ""); err != nil {
		return err
	}
	v, ok := c.db.Verifier(c.user)
	if !ok || storedName(m.User) != c.user {
		return datum.Errorf(1017, "invalid username/password; logon denied")
	}
	challenge, err := c.poseChallenge(v)
	if err != nil {
		return err
	}
	c.again = challenge
	return nil
}

// changePassword serves the call that changes the password of the session's user:
// it has the layout of a logon's second phase.
func (c *connection) changePassword(ctx context.Context) error {
	var m ttc.AuthRequest
	if err := m.Decode(c.r); err != nil {
		return err
	}
	if err := c.admit(ctx, ttc.FuncAuthTwo, ""); err != nil {
		return err
	}
	reply, err := c.proveAgain(m.Pairs)
	if err != nil {
		return datum.Errorf(28008, "invalid old password")
	}
	if err := c.newPassword(m.Pairs["AUTH_NEWPASSWORD"]); err != nil {
		return visible(err)
	}
	reply.Encode(&c.w)
	ttc.EndOfCall{InTransaction: c.session.InTransaction()}.Encode(&c.w)
	return nil
}

// proveAgain checks the old password: by the second phase of another logon, or
// sealed with the key of the session's own.
func (c *connection) proveAgain(pairs map[string]string) (ttc.AuthReply, error) {
	if challenge := c.again; challenge != nil && pairs["AUTH_SESSKEY"] != "" {
		c.again = nil
		if err := challenge.Check(pairs["AUTH_SESSKEY"], pairs["AUTH_PBKDF2_SPEEDY_KEY"]); err != nil {
			return ttc.AuthReply{}, err
		}
		c.challenge = challenge
		proof, err := challenge.Proof()
		return ttc.AuthReply{Pairs: c.properties(proof)}, err
	}
	v, ok := c.db.Verifier(c.user)
	old, err := c.challenge.Password(pairs["AUTH_PASSWORD"])
	if err == nil && (!ok || !logon.Matches(v, old)) {
		err = logon.ErrDenied
	}
	return ttc.AuthReply{}, err
}

// negotiate answers everything that comes before the logon.
func (c *connection) negotiate() error {
	if err := c.start(); err != nil {
		return err
	}
	if ttc.IsNetwork(c.r.Peek()) {
		var m ttc.NetworkRequest
		if err := m.Decode(c.r); err != nil {
			return err
		}
		ttc.NetworkReply{}.Encode(&c.w)
		if err := c.flush(); err != nil {
			return err
		}
		if err := c.start(); err != nil {
			return err
		}
	}
	var protocol ttc.ProtocolRequest
	if err := protocol.Decode(c.r); err != nil {
		return err
	}
	c.log = c.log.With("driver", protocol.Driver)
	ttc.ProtocolReply{}.Encode(&c.w)
	if err := c.flush(); err != nil {
		return err
	}
	return c.dataTypes()
}

// dataTypes settles the dialect. The reply itself is the same in all of them.
func (c *connection) dataTypes() error {
	if err := c.start(); err != nil {
		return err
	}
	var m ttc.DataTypesRequest
	if err := m.Decode(c.r); err != nil {
		return err
	}
	m.Reply().Encode(&c.w)
	c.w.Dialect = m.Dialect()
	c.r.Dialect = m.Dialect()
	return c.flush()
}

// start waits for a message and points the reader at it.
func (c *connection) start() error {
	payload, err := c.in.next()
	if err != nil {
		return err
	}
	c.r.Begin(payload)
	return nil
}

// authRequest reads a request that has to be the given phase of a logon.
func (c *connection) authRequest(want ttc.Function, m *ttc.AuthRequest) error {
	if err := c.start(); err != nil {
		return err
	}
	var call ttc.Call
	if err := call.Decode(c.r); err != nil {
		return err
	}
	if call.Function != want {
		return fmt.Errorf("%w: %s where %s is expected", ttc.ErrProtocol, call.Function, want)
	}
	return m.Decode(c.r)
}

// challenge answers phase one. A user that does not exist gets as far as one
// that does, and fails in phase two.
func (c *connection) challengeFor(user string) (*logon.Challenge, error) {
	v, ok := c.db.Verifier(user)
	if !ok {
		var err error
		if v, err = logon.Decoy(); err != nil {
			return nil, err
		}
	}
	challenge, err := c.poseChallenge(v)
	if err != nil {
		return nil, err
	}
	return challenge, c.flush()
}

// poseChallenge writes the reply to phase one.
func (c *connection) poseChallenge(v database.Verifier) (*logon.Challenge, error) {
	challenge, err := logon.NewChallenge(v)
	if err != nil {
		return nil, err
	}
	ttc.AuthReply{Pairs: []ttc.Pair{
		{Key: "AUTH_SESSKEY", Value: challenge.SessionKey()},
		{Key: "AUTH_VFR_DATA", Value: challenge.Salt(), Flags: logon.VerifierType},
		{Key: "AUTH_PBKDF2_CSK_SALT", Value: challenge.ComboSalt()},
		{Key: "AUTH_PBKDF2_VGEN_COUNT", Value: strconv.Itoa(logon.VerifierIterations)},
		{Key: "AUTH_PBKDF2_SDER_COUNT", Value: strconv.Itoa(logon.ComboIterations)},
		{Key: "AUTH_GLOBALLY_UNIQUE_DBID\x00", Value: dbid},
	}}.Encode(&c.w)
	ttc.EndOfCall{}.Encode(&c.w)
	return challenge, nil
}

// deny answers phase two with an error and waits for the client to go, as
// clients do by themselves.
func (c *connection) deny(e *datum.Error) error {
	c.fault(e, nil)
	if err := c.flush(); err != nil {
		return err
	}
	for {
		if _, err := c.in.packet(); err != nil {
			return fmt.Errorf("%w: ORA-%05d", errDenied, e.Code)
		}
	}
}

// open opens the session. Clients spread what they tell about themselves over
// both phases, each in its own way.
func (c *connection) open(ctx context.Context, one, two map[string]string) error {
	ctx, done := c.in.begin(ctx)
	defer done()
	either := func(key string) string {
		if v := two[key]; v != "" {
			return v
		}
		return one[key]
	}
	s, err := c.db.Open(ctx, database.Login{
		User:         c.user,
		Service:      c.service,
		Program:      either("AUTH_PROGRAM_NM"),
		Machine:      either("AUTH_MACHINE"),
		OSUser:       either("AUTH_SID"),
		Terminal:     either("AUTH_TERMINAL"),
		Process:      either("AUTH_PID"),
		Driver:       two["SESSION_CLIENT_DRIVER_NAME"],
		AlterSession: strings.TrimRight(two["AUTH_ALTER_SESSION"], "\x00"),
	})
	if err != nil {
		return err
	}
	c.session = s
	sid, serial := s.ID()
	c.log = c.log.With("sid", sid)
	c.log.Debug("logged on", "user", c.user, "service", c.service, "serial", serial)
	return nil
}

// properties are what clients read of a successful logon (wire notes, section
// 5); each is missed by at least one of them.
func (c *connection) properties(proof string) []ttc.Pair {
	sid, serial := c.session.ID()
	instance, _, _ := strings.Cut(c.service, ".")
	return []ttc.Pair{
		{Key: "AUTH_SVR_RESPONSE", Value: proof},
		{Key: "AUTH_SESSION_ID", Value: strconv.Itoa(sid)},
		{Key: "AUTH_SERIAL_NUM", Value: strconv.Itoa(serial)},
		{Key: "AUTH_VERSION_NO", Value: strconv.Itoa(ttc.ReleaseNumber)},
		{Key: "AUTH_VERSION_STRING", Value: ttc.Banner},
		{Key: "AUTH_DB_MOUNT_ID", Value: "1402202402"},
		{Key: "AUTH_SC_SERVICE_NAME", Value: c.service},
		{Key: "AUTH_SC_INSTANCE_NAME", Value: instance},
		{Key: "AUTH_INSTANCENAME", Value: instance},
		{Key: "AUTH_SC_DBUNIQUE_NAME", Value: instance},
		{Key: "AUTH_DBNAME", Value: instance},
		{Key: "AUTH_MAX_OPEN_CURSORS", Value: strconv.Itoa(maxCursors)},
		{Key: "AUTH_MAX_IDEN_LENGTH", Value: "128"},
	}
}

// storedName is how a user name as typed is kept: in upper case unless it is
// quoted.
func storedName(typed string) string {
	if len(typed) >= 2 && strings.HasPrefix(typed, `"`) && strings.HasSuffix(typed, `"`) {
		return typed[1 : len(typed)-1]
	}
	return strings.ToUpper(typed)
}
