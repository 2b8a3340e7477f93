//! Whether the patient may enter the scanner.
