import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { attributeOf, decodeMessage } from '../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { makeCredentials } from '../../../src/turn/ice/credentials.ts';
import { TurnClient } from './turn-client.ts';

/**
 * `stun-program.ts <port of the relay> <secret>`: queries a relay and an HTTP server on this host for each line of stdin, and
 * prints one line of JSON for each: `udp <address>`: whether a Binding is answered there; `relay <address>`: the relayed address
 * of an allocation made there; `get <url>`: status and body.
 */
const [port = '', secret = ''] = process.argv.slice(2);

async function answersUdp(address: string): Promise<boolean> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const question = new MessageWriter(METHOD.binding, CLASS.request, Buffer.alloc(12, 7));
  try {
    socket.send(question.finish(undefined, false), Number(port), address);
    const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(500) });
    const message = decodeMessage(bytes);
    return message !== undefined && attributeOf(message, ATTRIBUTE.xorMappedAddress) !== undefined;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

async function relayedFrom(host: string): Promise<string> {
  const credentials = makeCredentials(secret, Date.now() / 1000 + 600, 'ann');
  const client = await TurnClient.connect({ host, port: Number(port), credentials, deadline: 500 });
  try {
    return (await client.allocate()).address;
  } finally {
    client.close();
  }
}

async function get(url: string): Promise<unknown> {
  const reply = await fetch(url);
  return { status: reply.status, body: await reply.json() };
}

async function answer(line: string): Promise<unknown> {
  const [verb, what = ''] = line.split(' ');
  if (verb === 'get') return get(what);
  return verb === 'udp' ? answersUdp(what) : relayedFrom(what);
}

process.stdin.setEncoding('utf8');
let waiting = '';
for await (const chunk of process.stdin) {
  waiting += chunk;
  const lines = waiting.split('\n');
  waiting = lines.pop() ?? '';
  for (const line of lines) {
    const said = await answer(line).catch((error: unknown) => String(error));
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}
