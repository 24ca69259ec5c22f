package codec

// Computed is why a virtual column has no field in any file. Where the target's
// table is made like the source's, it has the column all the same.
const Computed = "virtual column: the database computes it, its expression is not copied"
