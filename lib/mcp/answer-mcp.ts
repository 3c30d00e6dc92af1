import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import type { HttpRequest } from '../api/dispatch.ts';
import type { HttpAnswer } from '../api/problem.ts';
import type { Principal } from '../core/model/principal.ts';
import { fleetpulseServer } from './fleetpulse-server.ts';
import { pageLinks } from './page-links.ts';
import type { Ask, ToolCall } from './tool.ts';

/** Calls of tools are short. */
const MAX_BODY_BYTES = 65_536;

/** What a request to the MCP server is answered with. */
export interface McpServing {
  /** The names that the server is reached by; null on one's own machine, where it is by those of the machine. */
  hosts: readonly string[] | null;
  /** Address of the page, null where it is not known. */
  pageUrl: string | null;
  /** Who is asking. @throws Problem 401 or 403 */
  requireCaller: () => Promise<Principal>;
  ask: Ask;
  problemOf: ToolCall['problemOf'];
}

/**
 * Answers a request to /mcp in the protocol of 2026-07-28 and in those before it, without sessions: every request stands for
 * itself. Requests for another host, and of pages of another origin, are refused before anyone is asked who they are.
 */
export async function answerMcp(
  request: HttpRequest,
  { hosts, pageUrl, requireCaller, ask, problemOf }: McpServing,
): Promise<HttpAnswer> {
  const fetched = fetchRequest(request);
  const names = [...(hosts ?? localhostAllowedHostnames())];
  const foreign = hostHeaderValidationResponse(fetched, names) ?? originValidationResponse(fetched, names);
  if (foreign) return httpAnswer(foreign);
  const caller = await requireCaller();
  const call = { ask, problemOf, nowMs: request.nowMs, links: pageLinks(pageUrl) };
  const handler = createMcpHandler(() => fleetpulseServer(caller, call), {
    maxRequestBodySize: MAX_BODY_BYTES,
    // Subscriptions would hold a function for as long as they last, and there is nothing to tell them.
    maxSubscriptions: 0,
  });
  return httpAnswer(await handler.fetch(fetched));
}

function fetchRequest({ method, path, headers, body, isBase64Encoded }: HttpRequest): Request {
  const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
  return new Request(`https://fleetpulse.invalid${path}`, {
    method,
    headers: given,
    ...(body === undefined || method === 'GET' ? {} : { body: isBase64Encoded ? Buffer.from(body, 'base64') : body }),
  });
}

async function httpAnswer(response: Response): Promise<HttpAnswer> {
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
