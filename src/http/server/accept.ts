/**
 * Returns the weight, 0–1, that a header such as Accept or Accept-Encoding gives to `name` (RFC 9110, 12.4.2); 0 if it
 * doesn't name it. Wildcards don't count: a client without a preference gets the default.
 */
export function weightOf(list: string, name: string): number {
  for (const item of list.split(',')) {
    const [word = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    if (word !== name) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    if (weight === undefined) return 1;
    const value = Number(weight.slice(2));
    return value >= 0 && value <= 1 ? value : 0;
  }
  return 0;
}
