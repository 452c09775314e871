// Receives webhooks of Ringback, and trusts only what Ringback signed (Standard Webhooks 1.0). Node 18 or newer, nothing else.
//     WEBHOOK_SECRET=whsec_... PORT=9000 node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const WINDOW = 5 * 60; // seconds that a request may be old, or ahead of our clock
const MAX_BODY = 1024 * 1024;
const KEY = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');

// webhook-id -> when its timestamp leaves the window. Only signed ids get in, so that strangers can't fill it.
const seen = new Map();

// What you do about an event goes here. Where it throws, the answer is 500, and Ringback tries again later.
function act(event, id) {
  console.log(event.type, id);
}

// In the same time wherever they differ, so that nobody can guess a signature byte by byte.
function matches(signature, expected) {
  const given = Buffer.from(signature), wanted = Buffer.from('v1,' + expected);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

// The status to refuse a request with; null where it is Ringback's, and of now.
function refusal({ id, timestamp, signatures }, body) {
  if (!id || !/^[0-9]{1,12}$/.test(timestamp) || !signatures) return 400;
  // The signature covers the bytes as they came: parsing and writing JSON again would change them.
  const expected = createHmac('sha256', KEY).update(`${id}.${timestamp}.`).update(body).digest('base64');
  // Several signatures come while a secret is replaced: one of them is enough.
  if (!signatures.split(' ').some(signature => matches(signature, expected))) return 401;
  // An old request is signed too: somebody may have recorded it.
  return Math.abs(Date.now() / 1000 - Number(timestamp)) > WINDOW ? 401 : null;
}

// Acts on an event, unless it did already: an event may come twice, from Ringback or from somebody who recorded it.
function accept({ id, timestamp }, body) {
  for (const [known, until] of seen) if (until < Date.now() / 1000) seen.delete(known);
  if (!seen.has(id)) act(JSON.parse(body), id);
  // Ringback also repeats after hours: who must never act twice keeps the ids in the database of the action.
  seen.set(id, Math.max(seen.get(id) ?? 0, Number(timestamp) + WINDOW));
}

// The whole body; null where it is too large.
async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BODY) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function answer(request) {
  if (request.method !== 'POST') return 405;
  const body = await read(request);
  if (body === null) return 413;
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = request.headers;
  const status = refusal({ id, timestamp, signatures }, body);
  if (status === null) accept({ id, timestamp }, body);
  return status ?? 204;
}

const server = createServer(async (request, response) => {
  const status = await answer(request).catch(failure => (console.error('failed:', failure.message), 500));
  if (status !== 204) response.setHeader('Connection', 'close'); // the rest of a body that was not read is no next request
  response.writeHead(status).end();
});
server.requestTimeout = 10_000; // ms that a whole request may take
server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () => console.log('listening on port', server.address().port));
