/**
 * Returns the form in which e-mail addresses are compared and found; they are stored as they were written [AC1]. Everything
 * that looks an account up by its address uses it, on the command line too.
 */
export function emailKeyOf(email: string): string {
  // Composed once more, because some letters, such as `ǰ`, are single characters in lower case only.
  return email.normalize('NFC').toLowerCase().normalize('NFC');
}
