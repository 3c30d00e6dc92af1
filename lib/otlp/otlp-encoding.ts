/** What a request is written in, and its answer too: application/x-protobuf or application/json. */
export type OtlpEncoding = 'protobuf' | 'json';
