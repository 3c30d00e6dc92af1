/** Of the API and of what answers it; the same as in package.json. */
export const VERSION = '0.1.0';
