import type { en } from './en.ts';

/** The same keys, the same parameters, any text. */
type Shape<T> = T extends string
  ? string
  : T extends (...values: infer Values) => infer Text
    ? (...values: Values) => Shape<Text>
    : { readonly [Key in keyof T]: Shape<T[Key]> };

/** Every text of the page: a language that lacks one, or has one too many parameters, does not compile. */
export type Messages = Shape<typeof en>;
