/** A text as a service that shows so many UTF-16 units of it shows it, and whether something is cut; 0: whole. */
export function shown(text: string, most: number): [string, boolean] {
  if (!most || text.length <= most) return [text, false];
  let taken = "";
  for (const letter of text) {
    if (taken.length + letter.length > most - 3) break;
    taken += letter;
  }
  return [`${taken}...`, true];
}
