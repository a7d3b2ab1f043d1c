// SPDX-License-Identifier: MIT
// Reads [input, base] pairs as JSON Lines; answers each with what the URL Standard makes of it,
// by Node's own implementation: href without user info and fragment, or null.
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const [input, base] = JSON.parse(line);
  let answer = null;
  try {
    const url = new URL(input, base ?? undefined);
    answer = { protocol: url.protocol, port: url.port };
    url.username = '';
    url.password = '';
    url.hash = '';
    answer.href = url.href;
  } catch {
    // no URL
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
