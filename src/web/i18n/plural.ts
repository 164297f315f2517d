/** The forms that a language may have (CLDR); `zero` is used for 0 wherever it is given, `other` where one is missing. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** @returns a function that picks the form of a count as the language wants it */
export function pluralOf(lang: string): (n: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(lang);
  return (n, forms) => (n === 0 ? forms.zero : undefined) ?? forms[rules.select(n)] ?? forms.other;
}
