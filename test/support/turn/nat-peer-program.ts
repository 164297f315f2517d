import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { attributeOf, decodeMessage } from '../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { readXorAddress } from '../../../src/turn/codec/xor-address.ts';
import { makeCredentials } from '../../../src/turn/ice/credentials.ts';
import { type At, TurnClient } from './turn-client.ts';

/**
 * One side of a call as a program: `nat-peer-program.ts <name> <relay host> <secret>`. Prints its addresses, reads the other
 * side's from stdin, tries to reach it directly, as ICE would, and through the relay, and prints which way worked:
 * `{"direct": boolean, "relayed": boolean}`.
 */
const [name = '', host = '', secret = ''] = process.argv.slice(2);
const PORT = 3478;
/** As often and for as long as ICE would try. */
const TRIES = 60;
const PACE_MS = 50;

const Address = v.object({ address: v.string(), port: v.number() });
const Offer = v.object({ host: Address, reflexive: Address, relayed: Address });

let direct = false;
const socket = createSocket('udp4');
const client = await TurnClient.connect({
  host,
  port: PORT,
  credentials: makeCredentials(secret, Date.now() / 1000 + 600, name),
});
const relayed = await client.allocate();
const reflexive = await askReflexive();
const input = createInterface({ input: process.stdin });
const ownAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal }) => !internal);
const own = { address: ownAddress?.address ?? '127.0.0.1', port: socket.address().port };
console.log(JSON.stringify({ host: own, reflexive, relayed }));
for await (const line of input) {
  const other = v.parse(Offer, JSON.parse(line));
  const through = relay(other.relayed);
  await punch(other);
  console.log(JSON.stringify({ direct, relayed: await through }));
  break;
}
process.exit(0);

/** The address at which a STUN server sees the socket that tries the direct way. */
function askReflexive(): Promise<At> {
  return new Promise((resolve) => {
    socket.on('message', (bytes) => {
      if (bytes.toString() === 'direct') direct = true;
      const message = decodeMessage(bytes);
      const value = message && attributeOf(message, ATTRIBUTE.xorMappedAddress);
      const at = value && readXorAddress(value, message.transactionId);
      if (at !== undefined) resolve({ address: at.address.text, port: at.port });
    });
    socket.bind(0, () => {
      socket.send(
        new MessageWriter(METHOD.binding, CLASS.request, randomBytes(12)).finish(undefined, true),
        PORT,
        host,
      );
    });
  });
}

/** Both sides send again and again, which opens two NATs of the mild kind to each other. */
async function punch(other: v.InferOutput<typeof Offer>): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    for (const { address, port } of [other.reflexive, other.host])
      socket.send('direct', port, address, () => {});
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
}

async function relay(to: At): Promise<boolean> {
  await client.bind(0x4000, to);
  const heard = client.next().then(
    () => true,
    () => false,
  );
  for (let attempt = 0; attempt < TRIES; attempt++) {
    client.sendChannel(0x4000, Buffer.from('relayed'));
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return heard;
}
