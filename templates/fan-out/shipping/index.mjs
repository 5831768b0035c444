// Ships orders. They come through a queue, and each body is what the topic sent.
export async function handler(event) {
  for (const record of event.Records) {
    const { Message, MessageAttributes } = JSON.parse(record.body);
    console.log(`shipped by ${MessageAttributes.delivery.Value}: ${Message}`);
  }
}
