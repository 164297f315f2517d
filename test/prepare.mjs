// Run before the tests: what they need from Debian is installed when that is possible, and named when it is not.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that tests start, and the Debian package that brings it. */
const NEEDED = [
  { program: 'chromium', debian: 'chromium' },
  { program: 'chromium-headless-shell', debian: 'chromium-headless-shell' },
  { program: 'firefox-esr', debian: 'firefox-esr' },
  { program: 'turnserver', debian: 'coturn' },
  { program: 'turnutils_uclient', debian: 'coturn' },
  { program: 'ip', debian: 'iproute2' },
  { program: 'nft', debian: 'nftables' },
  { program: 'cc', debian: 'gcc' },
  { program: 'caddy', debian: 'caddy' },
  { program: 'nginx', debian: 'nginx-light' },
  { program: 'haproxy', debian: 'haproxy' },
  { program: 'curl', debian: 'curl' },
  { program: 'debootstrap', debian: 'debootstrap' },
  { program: 'pebble', debian: 'pebble' },
  { program: 'openssl', debian: 'openssl' },
];

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
const missing = () => NEEDED.filter(({ program }) => !places.some((place) => runs(join(place, program))));
const packages = (list) => [...new Set(list.map(({ debian }) => debian))];

let lacking = missing();
if (lacking.length > 0 && isDebianRoot()) {
  console.log(`installing for the tests: ${packages(lacking).join(' ')}`);
  aptGet('update');
  aptGet('install', '-y', '--no-install-recommends', ...packages(lacking));
  lacking = missing();
}
if (lacking.length > 0) {
  console.error(`The tests need ${lacking.map(({ program }) => program).join(', ')}. Install them first:`);
  console.error(`  sudo apt-get update && sudo apt-get install -y ${packages(lacking).join(' ')}`);
  process.exit(1);
}

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function aptGet(...words) {
  const { status } = spawnSync('apt-get', words, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.error(`apt-get ${words.join(' ')} ended with ${status}`);
}
