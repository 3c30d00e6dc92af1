import {
  DuckDBDateValue,
  DuckDBIntervalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { JsonObject } from '../json.ts';

/** A column of an answer, as ColumnInfo says it. */
export interface AnswerColumn {
  Name?: string;
  Type: { ScalarType: string } | { ArrayColumnInfo: AnswerColumn } | { RowColumnInfo: AnswerColumn[] };
}

const scalarTypes: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.UTINYINT]: 'INTEGER',
  [DuckDBTypeId.USMALLINT]: 'INTEGER',
  [DuckDBTypeId.UINTEGER]: 'BIGINT',
  [DuckDBTypeId.BIGINT]: 'BIGINT',
  [DuckDBTypeId.UBIGINT]: 'BIGINT',
  // What a sum of BIGINT is here.
  [DuckDBTypeId.HUGEINT]: 'BIGINT',
  [DuckDBTypeId.FLOAT]: 'DOUBLE',
  [DuckDBTypeId.DOUBLE]: 'DOUBLE',
  [DuckDBTypeId.DECIMAL]: 'DOUBLE',
  [DuckDBTypeId.VARCHAR]: 'VARCHAR',
  [DuckDBTypeId.TIMESTAMP]: 'TIMESTAMP',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.INTERVAL]: 'INTERVAL_DAY_TO_SECOND',
};

export function answerColumn(name: string | undefined, type: DuckDBType): AnswerColumn {
  const named = name === undefined ? {} : { Name: name };
  if (type instanceof DuckDBListType) {
    return { ...named, Type: { ArrayColumnInfo: answerColumn(undefined, type.valueType) } };
  }
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((field, index) => answerColumn(field, type.entryTypes[index] as DuckDBType));
    return { ...named, Type: { RowColumnInfo: fields } };
  }
  return { ...named, Type: { ScalarType: scalarTypes[type.typeId] ?? 'UNKNOWN' } };
}

/** A value as a Datum: every scalar is a text. */
export function answerDatum(value: DuckDBValue, column: AnswerColumn): JsonObject {
  if (value === null) return { NullValue: true };
  if (value instanceof DuckDBListValue && 'ArrayColumnInfo' in column.Type) {
    const { ArrayColumnInfo: element } = column.Type;
    return { ArrayValue: value.items.map((item) => answerDatum(item, element)) };
  }
  if (value instanceof DuckDBStructValue && 'RowColumnInfo' in column.Type) {
    const { RowColumnInfo: fields } = column.Type;
    const items = Object.values(value.entries);
    return {
      RowValue: { Data: fields.map((field, index) => answerDatum((items[index] ?? null) as DuckDBValue, field)) },
    };
  }
  return { ScalarValue: scalar(value, 'ScalarType' in column.Type ? column.Type.ScalarType : 'UNKNOWN') };
}

function scalar(value: DuckDBValue, type: string): string {
  if (value instanceof DuckDBTimestampValue) return `${dateTime(value.micros)}000`;
  if (value instanceof DuckDBDateValue) return dateTime(BigInt(value.days) * 86_400_000_000n).slice(0, 10);
  if (value instanceof DuckDBIntervalValue) return dayToSecond(value);
  if (type === 'DOUBLE') return doubleText(Number(value));
  return String(value);
}

/** `2026-11-22 10:00:00.123456` in UTC. */
function dateTime(micros: bigint): string {
  const remainder = ((micros % 1000n) + 1000n) % 1000n;
  const iso = new Date(Number((micros - remainder) / 1000n)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(remainder).padStart(3, '0')}`;
}

/** `1 02:03:04.500000000` */
function dayToSecond({ days, micros }: DuckDBIntervalValue): string {
  const totalMicros = BigInt(days) * 86_400_000_000n + micros;
  const sign = totalMicros < 0n ? '-' : '';
  const absolute = totalMicros < 0n ? -totalMicros : totalMicros;
  return `${sign}${absolute / 86_400_000_000n} ${dateTime(absolute % 86_400_000_000n).slice(11)}000`;
}

/** A number as Java writes doubles: `5.0`, `1.0E7`, `1.0E-4`. */
function doubleText(number: number): string {
  if (Object.is(number, -0)) return '-0.0';
  if (number === 0) return '0.0';
  if (!Number.isFinite(number)) return String(number);
  const [digits = '', exponent = '0'] = number.toExponential().split('e');
  const power = Number(exponent);
  if (power < -3 || power >= 7) return `${digits.includes('.') ? digits : `${digits}.0`}E${power}`;
  const plain = String(number);
  return plain.includes('.') ? plain : `${plain}.0`;
}
