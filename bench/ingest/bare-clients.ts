import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

// The least that a function on DynamoDB loads: the client and the commands that ingest is bundled with, nothing else.

export const client = new DynamoDBClient();
export const commands = [DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand];
