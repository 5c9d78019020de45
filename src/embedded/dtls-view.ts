/** t_dtls_conn_data (guide 5.7). */
import { concat } from '../base/bytes.ts';
import { DtlsLink } from './dtls-link.ts';
import { linkOf } from './find-link.ts';
import { RecordWatch } from './record-watch.ts';
import type { t_dtls_conn_data } from './structures.ts';
import type { t_dtls_hdl } from './types.ts';

/** The DTLS side of a connection. */
export function dtls_get_conn_data(handle: t_dtls_hdl): t_dtls_conn_data | undefined {
  const link = linkOf(handle);
  if (!(link instanceof DtlsLink)) return undefined;
  const { sent = new RecordWatch(), received = new RecordWatch(), module } = link;
  const flight = sent.flight.length === 0 ? null : concat(...sent.flight);
  const right = BigInt(Math.max(0, received.lastNumber));
  return {
    dtd_cookie: sent.cookie.slice(),
    dtd_cookie_length: sent.cookie.length,
    dtd_hepoch: sent.epoch,
    dtd_hseq_num: BigInt(sent.lastNumber + 1),
    dtd_pepoch: received.epoch,
    dtd_pseq_num: right,
    dtd_ar_win_right: right,
    dtd_ar_win_left: right > 31n ? right - 31n : 0n,
    dtd_ar_window: received.window,
    dtd_frg_data_cnt: sent.fragments,
    dtd_hs_seq_num: sent.messageSeq + 1,
    dtd_hs_peer_seqnum: received.messageSeq + 1,
    dtd_hs_frag_length: sent.fragmentLength,
    dtd_hs_send_offset: sent.fragmentOffset,
    p_dtd_recv_msg: link.lastMessage?.slice() ?? null,
    p_dtd_frg_msg: sent.fragment?.slice() ?? null,
    dtd_recv_msg_len: link.lastMessage?.length ?? 0,
    dtd_flight_timeout: Math.min(
      module.config.DTLS_RETRANSMIT_INIT_TIME * 2 ** Math.min(link.retransmissions, 16),
      module.config.DTLS_RETRANSMIT_MAX_TIME,
    ),
    dtd_rtr_cnt: sent.flightMessages,
    p_dtd_rtr_msg: flight,
    dtd_rtr_cnt_fl: sent.flightMessages,
    p_dtd_rtr_msg_fl: flight,
    dtd_rtr_cs_idx: sent.changeIndex,
    dtd_rtr_send_cnt: link.retransmissions,
    dtd_rtr_prv_seq_num: BigInt(sent.previousEpochNumber + 1),
    dtd_rtr_cur_seq_num: BigInt(sent.lastNumber + 1),
  };
}
