/* expect: not-musl its headers of the network have other names
   Sizes and offsets of what the headers of the network describe, and their names: those of the GNU headers. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/igmp.h>
#include <netinet/in.h>
#include <netinet/in_systm.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/dir.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#define S(t) printf(#t " %zu %zu\n", sizeof(t), _Alignof(t));
#define O(t, f) printf(#t "." #f " %zu\n", offsetof(t, f));
#define N(name) printf(#name " %lld\n", (long long)(name));

static void bits(const char *what, const void *at, size_t size)
{
	printf("%s", what);
	for (size_t i = 0; i < size; i++) printf(" %02x", ((const unsigned char *)at)[i]);
	printf("\n");
}

/* The filter of ICMPv6: a bit a type. */
static void filters(void)
{
	struct icmp6_filter filter;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	printf("%d %d %x\n", ICMP6_FILTER_WILLPASS(ICMP6_ECHO_REPLY, &filter), ICMP6_FILTER_WILLPASS(ND_REDIRECT, &filter), filter.icmp6_filt[4]);
	ICMP6_FILTER_SETPASSALL(&filter);
	ICMP6_FILTER_SETBLOCK(ND_REDIRECT, &filter);
	printf("%d %d %x\n", ICMP6_FILTER_WILLBLOCK(ICMP6_ECHO_REPLY, &filter), ICMP6_FILTER_WILLBLOCK(ND_REDIRECT, &filter), filter.icmp6_filt[4]);
}

int main(void)
{
	filters();
	S(struct iphdr) O(struct iphdr, tot_len) O(struct iphdr, saddr)
	S(struct ip) O(struct ip, ip_p) O(struct ip, ip_dst)
	S(struct ip_timestamp)
	S(struct icmphdr) O(struct icmphdr, un.echo.sequence)
	S(struct icmp) O(struct icmp, icmp_seq) O(struct icmp, icmp_nextmtu) O(struct icmp, icmp_ttime) O(struct icmp, icmp_ip) O(struct icmp, icmp_data)
	S(struct igmp) O(struct igmp, igmp_group) S(struct sockaddr_ll) O(struct sockaddr_ll, sll_addr) S(struct packet_mreq) O(struct packet_mreq, mr_address)
	S(struct ip6_hdr) O(struct ip6_hdr, ip6_vfc) O(struct ip6_hdr, ip6_hlim) O(struct ip6_hdr, ip6_dst) S(struct ip6_rthdr0) O(struct ip6_rthdr0, ip6r0_slmap)
	S(struct ip6_ext) S(struct ip6_hbh) S(struct ip6_dest) S(struct ip6_rthdr) S(struct ip6_opt) S(struct ip6_opt_nsap)
	S(struct ip6_frag) O(struct ip6_frag, ip6f_ident) S(struct ip6_opt_jumbo) S(struct ip6_opt_tunnel) S(struct ip6_opt_router)
	S(struct icmp6_hdr) O(struct icmp6_hdr, icmp6_seq) S(struct nd_router_solicit) S(struct nd_router_advert) O(struct nd_router_advert, nd_ra_router_lifetime)
	S(struct nd_neighbor_solicit) S(struct nd_neighbor_advert) O(struct nd_neighbor_advert, nd_na_target) S(struct nd_redirect) O(struct nd_redirect, nd_rd_dst)
	S(struct nd_opt_hdr) S(struct nd_opt_prefix_info) O(struct nd_opt_prefix_info, nd_opt_pi_prefix) S(struct nd_opt_rd_hdr) S(struct nd_opt_mtu)
	S(struct nd_opt_adv_interval) S(struct nd_opt_home_agent_info) S(struct mld_hdr) O(struct mld_hdr, mld_addr) O(struct mld_hdr, mld_maxdelay)
	S(struct icmp6_router_renum) O(struct icmp6_router_renum, rr_maxdelay) S(struct rr_pco_match) O(struct rr_pco_match, rpm_prefix)
	S(struct rr_pco_use) O(struct rr_pco_use, rpu_pltime) S(struct rr_result) O(struct rr_result, rrr_prefix)
	N(IP6F_OFF_MASK) N(IP6OPT_TYPE(IP6OPT_JUMBO)) N(IP6_ALERT_AN) N(ICMP6_ECHO_REPLY) N(ND_NA_FLAG_OVERRIDE) N(ND_OPT_MTU) N(IGMP_HOST_LEAVE_MESSAGE) N(PACKET_IGNORE_OUTGOING)
	S(struct udphdr) O(struct udphdr, uh_ulen) O(struct udphdr, check)
	S(struct tcphdr) O(struct tcphdr, th_flags) O(struct tcphdr, window) O(struct tcphdr, urg_ptr)
	S(struct tcp_info) O(struct tcp_info, tcpi_rto) O(struct tcp_info, tcpi_total_retrans)
	S(struct tcp_md5sig) O(struct tcp_md5sig, tcpm_keylen) O(struct tcp_md5sig, tcpm_key)
	S(struct ip_mreq_source) S(struct ip_msfilter) S(struct group_req) O(struct group_req, gr_group)
	S(struct group_source_req) O(struct group_source_req, gsr_source) S(struct group_filter) O(struct group_filter, gf_fmode) S(struct ip6_mtuinfo)
	N(IP_MSFILTER_SIZE(3)) N(GROUP_FILTER_SIZE(2))
	S(struct arphdr) O(struct arphdr, ar_op) S(struct arpreq) O(struct arpreq, arp_dev)
	S(struct ether_arp) O(struct ether_arp, arp_tpa)
	S(struct rtentry) O(struct rtentry, rt_metric) O(struct rtentry, rt_dev) O(struct rtentry, rt_irtt)
	S(struct file_handle) O(struct file_handle, f_handle)
	S(struct seminfo) O(struct seminfo, semvmx) S(struct shminfo) O(struct shminfo, shmall) S(struct shm_info) O(struct shm_info, swap_successes)
	N(FALLOC_FL_ZERO_RANGE) N(FALLOC_FL_UNSHARE_RANGE) N(SYNC_FILE_RANGE_WRITE_AND_WAIT) N(RLIMIT_NLIMITS) N(MADV_POPULATE_WRITE) N(MSG_COPY)
	N(STATX_ATTR_MOUNT_ROOT) N(STATX_ATTR_DAX) N(PKEY_DISABLE_WRITE) N(ARPHRD_LOOPBACK) N(ATF_PUBL) N(RTF_GATEWAY) N(ICMP_ECHO) N(ICMP_TIMXCEED)
	N(IPTOS_LOWDELAY) N(IPTOS_DSCP_EF) N(IPOPT_NUMBER(IPOPT_TIMESTAMP)) N(IPDEFTTL) N(UDP_GRO) N(TCPOPT_TSTAMP_HDR) N(TH_ACK) N(ICMP_INFOTYPE(ICMP_ECHO))

	union {
		struct tcphdr tcp;
		struct iphdr ip;
		struct ip bsd;
		unsigned char bytes[20];
	} u;
	memset(&u, 0, sizeof u);
	u.tcp.th_off = 5;
	u.tcp.th_flags = TH_SYN | TH_ACK;
	printf("%d %d %d %d\n", u.tcp.doff, u.tcp.syn, u.tcp.ack, u.tcp.fin);
	bits("tcp", &u, 20);
	memset(&u, 0, sizeof u);
	u.ip.version = 4;
	u.ip.ihl = 5;
	printf("%d %d\n", u.bsd.ip_v, u.bsd.ip_hl);
	bits("ip", &u, 20);
	unsigned char frame[6], address[4] = {224, 200, 3, 4};
	ETHER_MAP_IP_MULTICAST(address, frame);
	bits("frame", frame, 6);
	printf("%d\n", setfsuid(-1) == setfsuid(-1));
	return 0;
}
