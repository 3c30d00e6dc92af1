export interface Period {
  fromMs: number;
  toMs: number;
}
