/**
 * Text that stays on its line and changes nothing around it: marks that change how what surrounds them is read or shown, and
 * broken halves of characters, are left out. Terminals take some of them for commands.
 */
export function withoutControls(text: string): string {
  return text.toWellFormed().replace(UNSHOWN, ' ');
}

/** All of Unicode's controls and formats but what joins letters and emoji (U+200C, U+200D); line and paragraph ends. */
const UNSHOWN = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])+/gu;
