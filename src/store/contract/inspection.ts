/** What is found of a database without changing it. */
export type Inspection =
  | { readonly kind: 'missing' }
  /** `code`: the system's or SQLite's, such as `EACCES` or `SQLITE_CANTOPEN`. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string }
  | { readonly kind: 'damaged'; readonly message: string }
  /** Another program's. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'newer'; readonly version: number; readonly latest: number }
  | {
      readonly kind: 'sound';
      readonly version: number;
      readonly latest: number;
      readonly bytes: number;
      /** Whether all of it was checked; a large one isn't, if time runs out. */
      readonly isWhole: boolean;
    };
