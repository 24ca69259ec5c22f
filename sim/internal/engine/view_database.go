package engine

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A product is the version of a database as text.
type product struct{ name, base, full string }

// product names the release: 19c, 21c, 23ai.
func (c Config) product() product {
	major, _, _ := strings.Cut(c.Version, ".")
	suffix := "c"
	if major >= "23" {
		suffix = "ai"
	}
	return product{name: "Oracle Database " + major + suffix + " Enterprise Edition", base: c.baseVersion(), full: c.Version}
}

// baseVersion is the release without its update: 19.0.0.0.0.
func (c Config) baseVersion() string {
	major, _, _ := strings.Cut(c.Version, ".")
	return major + ".0.0.0.0"
}

func (p product) banner() string { return p.name + " Release " + p.base + " - Production" }

// dbid identifies a database: the same for every instance of one name in one region.
func (c Config) dbid() int64 { return int64(crc32.ChecksumIEEE([]byte(c.Region + "/" + c.Name))) }

// only is the subjects of a view with one row.
func only[T any](subject T) func(*Session) []T {
	return func(*Session) []T { return []T{subject} }
}

func registerDatabaseViews(i *Instance) {
	i.RegisterView(newView("V$DATABASE", databaseFields(i.config.Now()), func(s *Session) []*Instance { return []*Instance{s.instance} }))
	i.RegisterView(newView("V$VERSION", []field[product]{
		textField("BANNER", 80, product.banner),
		textField("BANNER_FULL", 160, func(p product) string { return p.banner() + "\nVersion " + p.full }),
		textField("BANNER_LEGACY", 80, product.banner),
	}, only(i.config.product())))
	i.RegisterView(newView("PRODUCT_COMPONENT_VERSION", []field[product]{
		textField("PRODUCT", 80, func(p product) string { return p.name }),
		textField("VERSION", 80, func(p product) string { return p.base }),
		textField("VERSION_FULL", 80, func(p product) string { return p.full }),
		constantField[product]("STATUS", 80, "Production"),
	}, only(i.config.product())))
	i.RegisterView(newView("GLOBAL_NAME", []field[string]{
		textField("GLOBAL_NAME", 4000, func(name string) string { return name }),
	}, only(i.config.Name)))
	i.RegisterView(newView("DUAL", []field[struct{}]{constantField[struct{}]("DUMMY", 1, "X")}, only(struct{}{})))
	i.RegisterView(newView("V$TIMEZONE_FILE", []field[int]{
		textField("FILENAME", 20, func(version int) string { return fmt.Sprintf("timezlrg_%d.dat", version) }),
		numberField("VERSION", func(version int) int64 { return int64(version) }),
	}, only(zoneFileVersion)))
}

// zoneFileVersion is the version of the time zone file that the simulator
// claims; the zones themselves are those of Go's time package.
const zoneFileVersion = 43

func databaseFields(created time.Time) []field[*Instance] {
	type row = *Instance
	return []field[row]{
		numberField("DBID", func(i row) int64 { return i.config.dbid() }),
		textField("NAME", 30, func(i row) string { return i.config.Name }),
		dateField("CREATED", func(row) time.Time { return created }),
		constantField[row]("LOG_MODE", 12, "ARCHIVELOG"),
		constantField[row]("OPEN_MODE", 20, "READ WRITE"),
		constantField[row]("DATABASE_ROLE", 16, "PRIMARY"),
		numberField("PLATFORM_ID", func(row) int64 { return 13 }),
		constantField[row]("PLATFORM_NAME", 101, "Linux x86 64-bit"),
		textField("DB_UNIQUE_NAME", 30, func(i row) string { return i.config.Name }),
		constantField[row]("CDB", 3, "YES"),
		valueField("CURRENT_SCN", numberType(), func(i row) datum.Value { return datum.FromInt(int64(i.store.SCN())) }),
	}
}
