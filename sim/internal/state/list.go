package state

import (
	"cmp"
	"maps"
	"slices"
)

// List carries the elements of a list. What is read is nil when it is empty.
func List[T any](c *Coder, list *[]T, element func(*Coder, *T)) {
	n := len(*list)
	Int(c, &n)
	if !c.Loading() {
		for i := range *list {
			element(c, &(*list)[i])
		}
		return
	}
	*list = nil
	if n < 0 {
		c.Damaged("a list has %d elements", n)
	}
	for i := 0; i < n && c.err == nil; i++ {
		var x T
		element(c, &x)
		if c.err == nil {
			*list = append(*list, x)
		}
	}
}

// Pointers is List of what is kept by pointer; none may be nil.
func Pointers[T any](c *Coder, list *[]*T, element func(*Coder, *T)) {
	List(c, list, func(c *Coder, p **T) {
		if c.Loading() {
			*p = new(T)
		}
		element(c, *p)
	})
}

// Optional carries what may be nil.
func Optional[T any](c *Coder, p **T, element func(*Coder, *T)) {
	there := *p != nil
	c.Bool(&there)
	if c.Loading() {
		*p = nil
		if there {
			*p = new(T)
		}
	}
	if there {
		element(c, *p)
	}
}

// Texts carries a list of strings.
func Texts(c *Coder, list *[]string) { List(c, list, (*Coder).Text) }

// Map carries a map, in the order of its keys. What is read is never nil.
func Map[K cmp.Ordered, V any](c *Coder, m *map[K]V, key func(*Coder, *K), value func(*Coder, *V)) {
	keys := slices.Sorted(maps.Keys(*m))
	if c.Loading() {
		*m = map[K]V{}
	}
	List(c, &keys, func(c *Coder, k *K) {
		key(c, k)
		v := (*m)[*k]
		value(c, &v)
		if c.Loading() {
			(*m)[*k] = v
		}
	})
}
