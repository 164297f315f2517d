/**
 * The weight, 0 to 1, that a list such as Accept or Accept-Encoding gives to `name` itself (RFC 9110, 12.4.2);
 * 0 where it is not named. Wildcards do not count: who says nothing particular gets our standard answer.
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
