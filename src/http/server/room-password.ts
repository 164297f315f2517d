import { ParleyError } from '../../domain/errors.ts';

/**
 * Calls `admit` with the password in an `X-Room-Password` header, undefined if there is none. Passwords beyond ASCII must be
 * percent-encoded (`encodeURIComponent`), because `fetch` refuses such header values and uWS cuts bytes above 0x7f off both
 * ends. A value that looks percent-encoded is tried decoded, then as it is: two attempts by [RM7].
 * @throws ParleyError `validation_failed` if the value didn't arrive whole; whatever `admit` throws
 */
export async function withRoomPassword<T>(
  header: string | undefined,
  admit: (password: string | undefined) => T | Promise<T>,
): Promise<T> {
  if (header === undefined) return admit(undefined);
  // uWS leaves an empty value of one that it cut; U+FFFD stands for bytes that aren't UTF-8.
  if (header === '' || header.includes('\ufffd')) throw notEncoded();
  const decoded = percentDecoded(header);
  if (decoded === undefined || decoded === header) return admit(header);
  try {
    return await admit(decoded);
  } catch (thrown) {
    if (thrown instanceof ParleyError && thrown.code === 'wrong_password') return admit(header);
    throw thrown;
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function notEncoded(): ParleyError {
  const message = 'must be percent-encoded beyond ASCII, as by encodeURIComponent';
  return new ParleyError('validation_failed', `The X-Room-Password header ${message}.`, {
    errors: [{ path: 'X-Room-Password', message }],
  });
}
