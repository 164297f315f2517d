// A backend that has users of its own: it gives them tokens for calls, makes rooms, and hears what happens in them.
//
//   npm install jose standardwebhooks
//   JWT_SECRET=… WEBHOOK_SECRET=… PARLEY_URL=http://localhost:3001 PORT=8080 node server.mjs
//
// The server has the same two secrets, and WEBHOOK_URLS=http://localhost:8080/webhooks.
import { createServer } from 'node:http';
import { SignJWT } from 'jose';
import { Webhook } from 'standardwebhooks';

const {
  JWT_SECRET = '',
  WEBHOOK_SECRET = '',
  PARLEY_URL = 'http://localhost:3001',
  PORT = '8080',
} = process.env;
const key = new TextEncoder().encode(JWT_SECRET);
const webhook = new Webhook(WEBHOOK_SECRET);
/** Max size of a webhook; Parley's are far smaller. */
const BODY_BYTES = 1_000_000;
/** Ids of webhooks that were done: each may come again. A real backend keeps them with its data, for three days. */
const done = new Set();

/** Signs a token of 15 minutes. The SDK asks for the next one in time, if its `token` is a function. */
function sign(subject, claims) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(key);
}

/** Your own sign-in goes here: whose request is it? This one believes everybody. */
function userOf(request) {
  const name = request.headers['x-user'] ?? 'Ada';
  return { id: name.toLowerCase(), name };
}

/** GET /token → what the page passes to the SDK: `token: async () => (await (await fetch('/token')).json()).token`. */
async function giveToken(request) {
  const { id, name } = userOf(request);
  return { token: await sign(id, { name }) };
}

/** POST /calls → a room, made as the backend itself, and the link to it. */
async function makeCall(request) {
  const token = await sign('backend', { role: 'service' });
  const response = await fetch(`${PARLEY_URL}/rooms`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: `${userOf(request).name}'s call`, max: 4 }),
  });
  if (!response.ok) throw new Error(`Parley refused the room: ${response.status} ${await response.text()}`);
  const { roomId, url } = await response.json();
  return { roomId, url };
}

/** POST /webhooks ← what happens. An answer of 2xx says that it is done; anything else, and it comes again. */
async function takeWebhook(request) {
  // The bytes as they came: the signature is over them.
  const body = await read(request);
  webhook.verify(body, request.headers);
  const { type, data } = JSON.parse(body);
  const id = request.headers['webhook-id'];
  if (done.has(id)) return;
  if (type === 'participant.joined') console.log(`${data.displayName} came into ${data.roomId}`);
  if (type === 'participant.left') console.log(`${data.displayName} left after ${data.seconds} s`);
  done.add(id);
}

const routes = { 'GET /token': giveToken, 'POST /calls': makeCall, 'POST /webhooks': takeWebhook };

const server = createServer(async (request, response) => {
  const handler = routes[`${request.method} ${request.url}`];
  if (handler === undefined) return response.writeHead(404).end();
  try {
    const reply = await handler(request);
    if (reply === undefined) return response.writeHead(204).end();
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
  } catch (error) {
    console.error(error.message);
    response.writeHead(handler === takeWebhook ? 400 : 502).end();
  }
});
server.listen(Number(PORT), () => console.log(`listening on http://localhost:${PORT}`));

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_BYTES) throw new Error('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
