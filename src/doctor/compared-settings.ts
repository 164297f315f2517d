import type { Config } from '../config/config.ts';
import { digestOf } from '../lib/doctor-proof.ts';
import type { RelayConf } from '../turn/conf/relay-conf.ts';

/**
 * Returns digests of the settings with which a server and the doctor must agree, by name. `static-auth-secret` isn't one of
 * them: the relay itself tells whether it accepts the secret.
 */
export function digestSettings(secret: string, config: Config, conf: RelayConf): Record<string, string> {
  const { publicUrl, jwtSecret, trustedProxies, corsOrigins, turn } = config;
  const { users: _users, staticAuthSecrets: _secrets, pkeyPassword: _password, ...rest } = conf;
  const values: Readonly<Record<string, unknown>> = {
    PUBLIC_URL: publicUrl ?? '',
    JWT_SECRET: jwtSecret ?? '',
    TRUSTED_PROXIES: trustedProxies,
    CORS_ORIGINS: corsOrigins,
    TURN: turn.enabled,
    TURN_URLS: turn.urls,
    'turnserver.conf': rest,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, digestOf(secret, name, JSON.stringify(value))]),
  );
}
