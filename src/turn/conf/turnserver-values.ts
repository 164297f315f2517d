import { type AddressRange, parseAddress, parseRange } from '../codec/addresses.ts';
import { type ExternalIp, MAX_REALM_BYTES, MAX_REALM_CHARACTERS, type UserSecret } from './relay-conf.ts';

/** A malformed value; `message` says what was expected. */
export class Expectation extends Error {
  override readonly name = 'Expectation';
}

export function whole(value: string, min: number, max: number): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Expectation(`a whole number from ${min} to ${max}`);
}

export function port(value: string): number {
  return whole(value, 1, 65_535);
}

/** A key without a value means yes. Like coturn, looks only at the first letter, except for on and off. */
export function onOff(value: string): boolean {
  if (/^(?:|[1-9yt].*|on)$/is.test(value)) return true;
  if (/^(?:[0nf].*|off)$/is.test(value)) return false;
  throw new Expectation('nothing, or one of on, yes, true, 1, off, no, false, 0');
}

export function some(value: string, what: string): string {
  if (value === '') throw new Expectation(what);
  return value;
}

/** An IP address, returned as inet_ntop writes it, or a host name. Without a value, 0.0.0.0 as in coturn. */
export function host(value: string): string {
  if (value === '') return '0.0.0.0';
  const found = addressOrName(value);
  if (found === undefined) throw new Expectation('an IP address, such as 203.0.113.7 or 2001:db8::7');
  return found;
}

export function externalIp(value: string): ExternalIp {
  const [publicText = '', privateText, ...more] = value.split('/').map((part) => part.trim());
  const publicAddress = addressOrName(publicText);
  const privateAddress = privateText === undefined ? undefined : addressOrName(privateText);
  const [one, other] = [familyOf(publicAddress), familyOf(privateAddress)];
  const differ = one !== undefined && other !== undefined && one !== other;
  const lacks = privateText !== undefined && privateAddress === undefined;
  if (publicAddress === undefined || lacks || differ || more.length > 0) {
    throw new Expectation('public or public/private, such as 203.0.113.7/10.0.0.7');
  }
  return { publicAddress, privateAddress };
}

export function range(value: string): AddressRange {
  const parsed = parseRange(value);
  if (parsed === undefined) throw new Expectation('an address or a range, such as 10.0.0.0-10.255.255.255');
  return parsed;
}

export function realm(value: string): string {
  const characters = [...value].length;
  const fits = characters <= MAX_REALM_CHARACTERS && Buffer.byteLength(value) <= MAX_REALM_BYTES;
  if (characters > 0 && fits && !value.includes('"')) return value;
  throw new Expectation(`1 to ${MAX_REALM_CHARACTERS} characters without quotes (RFC 8489 §14.9)`);
}

export function user(value: string): [name: string, secret: UserSecret] {
  const colon = value.indexOf(':');
  const name = value.slice(0, Math.max(colon, 0));
  const secret = value.slice(colon + 1).trimStart();
  if (name === '' || secret === '') throw new Expectation('name:password, or name:0x<key in hex>');
  if (!secret.startsWith('0x')) return [name, { kind: 'password', password: secret }];
  if (!/^0x[0-9a-f]{32}$/i.test(secret))
    throw new Expectation('a key of 32 hex digits: MD5(name:realm:password)');
  return [name, { kind: 'key', key: Buffer.from(secret.slice(2), 'hex') }];
}

/** A host name (RFC 952, RFC 1123). One whose last label has only digits would be a mistyped address. */
const NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?$/i;
/** Linux's names of network interfaces, which aren't host names, but are sometimes written where an address belongs. */
const INTERFACE = /^(?:lo|(?:eth|ens|eno|enp|enx|wlan|wlp|wlo|tun|tap|wg|bond|br|docker|veth)\d\w*)$/i;

function addressOrName(text: string): string | undefined {
  const address = parseAddress(text);
  if (address !== undefined) return address.text;
  return NAME.test(text) && !INTERFACE.test(text) ? text : undefined;
}

/** Returns undefined for a host name. */
function familyOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseAddress(text)?.family;
}
