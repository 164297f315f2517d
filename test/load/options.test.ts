import { describe, expect, it } from 'vitest';
import { OptionsError, parseOptions } from '../../src/load/options.ts';

const SECRET = 'a secret of at least thirty-two bytes';

function parse(...argv: string[]) {
  const options = parseOptions(argv);
  if (options === 'help') throw new TypeError('got help');
  return options;
}

describe('load options', () => {
  it('default to guests, one action per peer every five seconds, a random seed', () => {
    expect(parse('--rooms', '500', '--peers', '4')).toMatchObject({
      httpUrl: 'http://localhost:3001',
      wsUrl: 'ws://localhost:3001/ws',
      rooms: 500,
      peers: 4,
      rate: 400,
      churn: 0,
      drop: 0,
      signIn: { by: 'guest', peersPerGuest: 10 },
      maxP99: undefined,
    });
    expect(parse().seed).not.toBe(parse().seed);
  });

  it.each([
    ['ws://host:3001', 'http://host:3001', 'ws://host:3001/ws'],
    ['wss://host', 'https://host', 'wss://host/ws'],
    ['https://host/', 'https://host', 'wss://host/ws'],
    ['http://[::1]:8080/ws', 'http://[::1]:8080', 'ws://[::1]:8080/ws'],
    ['https://host/parley/', 'https://host/parley', 'wss://host/parley/ws'],
  ])('take %s as the server', (url, httpUrl, wsUrl) => {
    expect(parse('--url', url)).toMatchObject({ httpUrl, wsUrl });
  });

  it('accept a token, a secret or a file with one instead of guests', () => {
    expect(parse('--token', 'x').signIn).toEqual({ by: 'token', token: 'x' });
    expect(parse('--jwt-secret', SECRET).signIn).toEqual({ by: 'secret', secret: SECRET });
    expect(parse('--jwt-secret', '@key').signIn).toEqual({ by: 'secret', secret: '@key' });
  });

  it.each([
    [['--rooms', '0'], '--rooms takes a number from 1 to 100000; got "0".'],
    [['--rooms', '1.5'], '--rooms takes a whole number; got "1.5".'],
    [['--peers', '51'], '--peers takes a number from 1 to 50; got "51".'],
    [['--duration', ''], '--duration takes a number from 1 to 604800; got "".'],
    [['--rate', 'fast'], '--rate takes a number from 0 to 1000000; got "fast".'],
    [
      ['--url', 'host:3001'],
      '--url takes the server\'s address, such as ws://localhost:3001; got "host:3001".',
    ],
    [['--token', 'x', '--jwt-secret', SECRET], 'Use --token or --jwt-secret, not both.'],
    [['--jwt-secret', 'short'], 'at least 32 bytes'],
    [['--room', '5'], "Unknown option '--room'"],
    [['5'], 'See --help for all flags.'],
  ])('refuse %j and say what is wrong', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(OptionsError);
    expect(() => parseOptions(argv)).toThrow(message);
  });

  it('return help for --help and -h', () => {
    expect(parseOptions(['--help'])).toBe('help');
    expect(parseOptions(['-h'])).toBe('help');
  });
});
