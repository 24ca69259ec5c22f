package datum

// RowidLength is the length of a ROWID's text: object, file, block and row in
// 6, 3, 6 and 3 digits.
const RowidLength = 18

// RowidDigits are the digits of a ROWID's text, by their value.
const RowidDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
