import type { en } from './en.ts';
import type { accounts } from './en-accounts.ts';
import type { admin } from './en-admin.ts';
import type { details } from './en-details.ts';
import type { safety } from './en-safety.ts';
import type { test } from './en-test.ts';

/** The same keys and parameters, with any text. */
type Shape<T> = T extends string
  ? string
  : T extends (...values: infer Values) => infer Text
    ? (...values: Values) => Shape<Text>
    : { readonly [Key in keyof T]: Shape<T[Key]> };

/** All texts of the page. A language that lacks one doesn't compile. */
export type Messages = Shape<typeof en>;

/** All texts of the account pages. */
export type AccountMessages = Shape<typeof accounts>;

/** All texts of the admins' console. */
export type AdminMessages = Shape<typeof admin>;

/** All texts of the connection details. */
export type DetailsMessages = Shape<typeof details>;

/** All texts of safety codes. */
export type SafetyMessages = Shape<typeof safety>;

/** All texts of the connection test. */
export type TestMessages = Shape<typeof test>;
