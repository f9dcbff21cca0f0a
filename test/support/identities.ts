import type { Identity } from '../../server/auth/identity.ts';
import { compilePatterns } from '../../server/auth/patterns.ts';

export const ADMIN: Identity = {
  subject: 'admin',
  admin: true,
  maySubscribe: () => true,
  mayPublish: () => true,
};

export function identityWith(rights: {
  subscribe?: readonly string[];
  publish?: readonly string[];
}): Identity {
  return {
    subject: 'somebody',
    admin: false,
    maySubscribe: compilePatterns(rights.subscribe ?? []),
    mayPublish: compilePatterns(rights.publish ?? []),
  };
}
