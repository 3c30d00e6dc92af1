import type { ApiKey } from '../core/model/api-key.ts';

/** API keys by the SHA-256 of the key; the key itself is never stored. */
export interface KeyStore {
  find(keyHash: string): Promise<ApiKey | null>;
  /** Saves the key and makes its system known. */
  save(keyHash: string, key: ApiKey): Promise<void>;
}
