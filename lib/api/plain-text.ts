// What XML 1.0 cannot hold, and with it neither the body nor the attributes of a message to SNS.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * The text with U+FFFD for each character that not every store, message and page can hold: control characters other
 * than tab and line ends, and halves of surrogate pairs. Of the same length, and what is plain stays as it is.
 */
export function plainText(text: string): string {
  return text.toWellFormed().replace(UNPRINTABLE, '\ufffd');
}
