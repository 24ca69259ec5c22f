package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// partitions renders PARTITION BY, "" for a table without partitions. What an
// interval made is left to the interval, which makes it again with the rows.
func partitions(p *pb.Partitioning) (string, error) {
	if p == nil {
		return "", nil
	}
	columns, err := quoted(p.GetColumns())
	if err != nil {
		return "", err
	}
	declared := slices.DeleteFunc(slices.Clone(p.GetPartitions()), (*pb.Partition).GetByInterval)
	method := "RANGE"
	switch p.GetMethod() {
	case pb.PartitionMethod_PARTITION_METHOD_LIST:
		method = "LIST"
	case pb.PartitionMethod_PARTITION_METHOD_HASH:
		method = "HASH"
		if !slices.ContainsFunc(declared, func(part *pb.Partition) bool { return !part.GetGenerated() }) {
			return fmt.Sprintf(" PARTITION BY HASH (%s) PARTITIONS %d", columns, len(declared)), nil
		}
	default:
	}
	text := fmt.Sprintf(" PARTITION BY %s (%s)", method, columns)
	if p.GetInterval() != "" {
		text += " INTERVAL (" + ended(p.GetInterval()) + ")"
	}
	parts := make([]string, len(declared))
	for i, part := range declared {
		if parts[i], err = partition(part, p.GetMethod()); err != nil {
			return "", err
		}
	}
	return text + " (" + strings.Join(parts, ", ") + ")", nil
}

// partition renders one partition. A name that the database made is left to it.
func partition(p *pb.Partition, method pb.PartitionMethod) (string, error) {
	text := "PARTITION"
	if !p.GetGenerated() {
		name, err := oracle.NewName(p.GetName())
		if err != nil {
			return "", err
		}
		text += " " + name.String()
	}
	switch method {
	case pb.PartitionMethod_PARTITION_METHOD_RANGE:
		text += " VALUES LESS THAN (" + p.GetHighValue() + ")"
	case pb.PartitionMethod_PARTITION_METHOD_LIST:
		text += " VALUES (" + p.GetHighValue() + ")"
	default:
	}
	return text, nil
}

// samePartitions reports whether two tables are cut alike, apart from what
// intervals made and from names.
func samePartitions(a, b *pb.Partitioning) bool {
	bounds := func(p *pb.Partitioning) []string {
		list := []string{fmt.Sprint(p.GetMethod(), p.GetColumns()), fmt.Sprint(tokens(p.GetInterval()))}
		for _, part := range p.GetPartitions() {
			if !part.GetByInterval() {
				list = append(list, fmt.Sprint(tokens(part.GetHighValue())))
			}
		}
		return list
	}
	return slices.Equal(bounds(a), bounds(b))
}
