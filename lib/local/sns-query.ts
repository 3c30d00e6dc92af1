import type { MessageAttribute, PublishRequest } from './notifications.ts';

/** Reads `Publish` and `PublishBatch` of the SNS query protocol, in which nested values are numbered form fields. */
export function readPublish(form: URLSearchParams, prefix: string, topicArn: string): PublishRequest {
  return {
    topicArn,
    message: form.get(`${prefix}Message`) ?? '',
    subject: form.get(`${prefix}Subject`) ?? undefined,
    structure: form.get(`${prefix}MessageStructure`) ?? undefined,
    attributes: readAttributes(form, `${prefix}MessageAttributes.entry.`),
  };
}

/** The entries of a PublishBatch with their ids. */
export function readPublishBatch(form: URLSearchParams): { id: string; request: PublishRequest }[] {
  const topicArn = form.get('TopicArn') ?? '';
  const entries: { id: string; request: PublishRequest }[] = [];
  for (let index = 1; ; index += 1) {
    const prefix = `PublishBatchRequestEntries.member.${index}.`;
    const id = form.get(`${prefix}Id`);
    if (id === null) return entries;
    entries.push({ id, request: readPublish(form, prefix, topicArn) });
  }
}

function readAttributes(form: URLSearchParams, prefix: string): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let index = 1; ; index += 1) {
    const name = form.get(`${prefix}${index}.Name`);
    if (name === null) return attributes;
    const value = form.get(`${prefix}${index}.Value.StringValue`) ?? form.get(`${prefix}${index}.Value.BinaryValue`);
    attributes[name] = { type: form.get(`${prefix}${index}.Value.DataType`) ?? 'String', value: value ?? '' };
  }
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
