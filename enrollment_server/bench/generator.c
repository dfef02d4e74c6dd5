/*
 * The load generator: sends prepared requests over kept connections, and writes what it saw as JSON.
 *
 *     generator FILE HOST PORT SECONDS RATE CYCLE
 *
 * FILE holds records: number of the connection and length, four bytes each in the order of the
 * machine, then the bytes of a whole HTTP request. Each connection sends its requests in the order
 * of the file; with CYCLE 1 it starts over at the end of them, with 0 the run ends there.
 *
 * RATE 0 is a closed loop: a connection sends its next request when it has the answer to the last.
 * Otherwise RATE requests a second begin at fixed moments, on any idle connection, and the time of
 * an answer counts from the moment at which its request should have begun.
 *
 * One thread, three system calls a request. python_generator.py does the same, slowly.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (30 * SECOND) /* for what is under way at the end */
#define MOST_CONNECTIONS 1024
#define SHOWN 256 /* bytes of the first refusal */

typedef struct {
    const char *bytes;
    size_t length;
} Request;

typedef struct {
    Request *requests;
    size_t count, room, next;
    uint64_t sent;
    int socket, busy;
    int64_t since; /* when the time of the answer began */
    char *answer;
    size_t held, space;
} Connection;

typedef struct {
    int status, closes;
    const char *body;
    size_t body_length;
} Answer;

static Connection connections[MOST_CONNECTIONS];
static struct pollfd watched[MOST_CONNECTIONS];
static size_t connection_count;
static struct addrinfo *server;
static int cycle, exhausted;

static int64_t *times;
static size_t answered, times_room;
static uint64_t refused, broken;
static int refusal_status;
static char refusal_body[SHOWN];
static size_t refusal_length;

static void fail(const char *what) {
    fprintf(stderr, "generator: %s: %s\n", what, errno ? strerror(errno) : "refused");
    exit(1);
}

static void *grown(void *block, size_t *room, size_t size) {
    *room = *room ? *room * 2 : 1024;
    void *larger = realloc(block, *room * size);
    if (!larger) fail("memory");
    return larger;
}

static int64_t now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return moment.tv_sec * SECOND + moment.tv_nsec;
}

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* --- The requests ------------------------------------------------------------------------- */

static void read_requests(const char *path) {
    struct stat known;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &known) < 0) fail(path);
    errno = 0;
    if (known.st_size == 0) fail("a file without requests");
    const char *at = mmap(NULL, known.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (at == MAP_FAILED) fail(path);
    close(file);
    for (const char *end = at + known.st_size; at < end;) {
        uint32_t head[2];
        if ((size_t)(end - at) < sizeof head) fail("a broken record");
        memcpy(head, at, sizeof head);
        at += sizeof head;
        if (head[0] >= MOST_CONNECTIONS || head[1] > (size_t)(end - at)) fail("a broken record");
        Connection *one = &connections[head[0]];
        if (one->count == one->room)
            one->requests = grown(one->requests, &one->room, sizeof *one->requests);
        one->requests[one->count++] = (Request){at, head[1]};
        at += head[1];
        if (head[0] >= connection_count) connection_count = head[0] + 1;
    }
}

/* --- Connections -------------------------------------------------------------------------- */

static void reach(Connection *one) {
    int yes = 1;
    struct timeval patience = {.tv_sec = PATIENCE / SECOND};
    one->socket = socket(server->ai_family, SOCK_STREAM, 0);
    if (one->socket < 0 || connect(one->socket, server->ai_addr, server->ai_addrlen) < 0)
        fail("connect");
    setsockopt(one->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(one->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    watched[one - connections] = (struct pollfd){.fd = one->socket, .events = POLLIN};
    one->busy = 0;
    one->held = 0;
}

static void reach_again(Connection *one) {
    close(one->socket);
    reach(one);
}

static int has_more(const Connection *one) {
    return one->count && (cycle || one->next < one->count);
}

/* Send the next request of a connection, which has one. */
static void begin(Connection *one, int64_t since) {
    if (one->next == one->count) one->next = 0;
    Request request = one->requests[one->next++];
    one->sent++;
    one->since = since;
    one->busy = 1;
    while (request.length) {
        ssize_t done = send(one->socket, request.bytes, request.length, MSG_NOSIGNAL);
        /* A closed connection is noticed, and counted, where its answer is awaited. */
        if (done < 0) break;
        request.bytes += done;
        request.length -= done;
    }
}

/* --- Answers ------------------------------------------------------------------------------ */

/* Read what one connection holds; false if the answer is not whole yet. */
static int is_whole(const Connection *one, int ended, Answer *answer) {
    const char *head_end = memmem(one->answer, one->held, "\r\n\r\n", 4);
    if (!head_end || one->held < 12) return 0;
    long long length = -1;
    int chunked = 0;
    *answer = (Answer){.status = atoi(one->answer + 9), .body = head_end + 4};
    answer->body_length = one->answer + one->held - answer->body;
    for (const char *line = one->answer; line < head_end;) {
        line = (const char *)memmem(line, head_end + 2 - line, "\r\n", 2) + 2;
        if (!strncasecmp(line, "content-length:", 15)) length = atoll(line + 15);
        if (!strncasecmp(line, "transfer-encoding: chunked", 26)) chunked = 1;
        if (!strncasecmp(line, "connection: close", 17)) answer->closes = 1;
    }
    if (chunked) {
        /* Nothing is sent ahead, so the last chunk is the end of what came. */
        size_t size = answer->body_length;
        return size >= 5 && !memcmp(answer->body + size - 5, "0\r\n\r\n", 5) &&
               (size == 5 || answer->body[size - 6] == '\n');
    }
    if (length >= 0) return answer->body_length >= (size_t)length;
    if (ended) answer->closes = 1;
    return ended || answer->status == 204 || answer->status == 304;
}

static void note(const Connection *one, const Answer *answer) {
    if (answered == times_room) times = grown(times, &times_room, sizeof *times);
    times[answered++] = now() - one->since;
    if (answer->status == 200 || refused++) return;
    refusal_status = answer->status;
    refusal_length = answer->body_length < SHOWN ? answer->body_length : SHOWN;
    memcpy(refusal_body, answer->body, refusal_length);
}

/* Take what came on a connection; it is idle again when its answer is whole or will never be. */
static void receive(Connection *one) {
    if (one->space - one->held < 4096) one->answer = grown(one->answer, &one->space, 8);
    ssize_t came = recv(one->socket, one->answer + one->held, one->space - one->held, MSG_DONTWAIT);
    if (came < 0 && (errno == EAGAIN || errno == EINTR)) return;
    int ended = came <= 0;
    if (!ended) one->held += came;
    Answer answer;
    if (one->busy && is_whole(one, ended, &answer)) {
        note(one, &answer);
        one->busy = 0;
        one->held = 0;
        if (answer.closes) reach_again(one);
    } else if (ended) {
        broken += one->busy;
        reach_again(one);
    }
}

/* --- The run ------------------------------------------------------------------------------ */

static size_t busy_count(void) {
    size_t busy = 0;
    for (size_t i = 0; i < connection_count; i++) busy += connections[i].busy;
    return busy;
}

static void await(int64_t until) {
    int64_t left = until - now();
    if (left < 0) left = 0;
    struct timespec patience = {left / SECOND, left % SECOND};
    if (ppoll(watched, connection_count, &patience, NULL) < 0 && errno != EINTR) fail("ppoll");
}

/* A load with fewer connections would be another load: the first queue that ends, ends it. */
static void go_on(Connection *one, int64_t end) {
    int64_t moment = now();
    if (one->busy || exhausted || moment >= end) return;
    if (has_more(one))
        begin(one, moment);
    else
        exhausted = 1;
}

static void run_closed(int64_t end) {
    for (size_t i = 0; i < connection_count; i++) go_on(&connections[i], end);
    while (busy_count() && now() < end + PATIENCE) {
        await(end + PATIENCE);
        for (size_t i = 0; i < connection_count; i++) {
            if (!watched[i].revents) continue;
            receive(&connections[i]);
            go_on(&connections[i], end);
        }
    }
}

static Connection *idle_one(void) {
    static size_t turn;
    for (size_t i = 0; i < connection_count; i++) {
        Connection *one = &connections[turn++ % connection_count];
        if (!one->busy && has_more(one)) return one;
    }
    return NULL;
}

static int any_has_more(void) {
    for (size_t i = 0; i < connection_count; i++)
        if (has_more(&connections[i])) return 1;
    return 0;
}

/* Give how many requests should have begun, and did not. */
static uint64_t run_open(int64_t start, int64_t end, double rate) {
    uint64_t total = (uint64_t)((end - start) / (double)SECOND * rate + 0.5), begun = 0;
    while (now() < end + PATIENCE) {
        Connection *one = NULL;
        int64_t due = start;
        for (; begun < total && !(exhausted = !any_has_more()); begun++) {
            due = start + (int64_t)(begun * (SECOND / rate));
            if (due > now() || !(one = idle_one())) break;
            begin(one, due);
        }
        int more = begun < total && !exhausted;
        if (!more && !busy_count()) break;
        await(more && due > now() ? due : end + PATIENCE);
        for (size_t i = 0; i < connection_count; i++)
            if (watched[i].revents) receive(&connections[i]);
    }
    return total - begun;
}

/* --- The report --------------------------------------------------------------------------- */

static int by_time(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static double milliseconds(int percent) {
    if (!answered) return 0;
    size_t rank = (answered * percent + 99) / 100;
    return times[rank ? rank - 1 : 0] / 1e6;
}

static void report(double elapsed, double cpu, uint64_t unsent) {
    qsort(times, answered, sizeof *times, by_time);
    printf("{\"answered\": %zu, \"refused\": %lu, \"broken\": %lu, \"unsent\": %lu, ", answered,
           (unsigned long)refused, (unsigned long)broken, (unsigned long)unsent);
    printf("\"exhausted\": %s, \"elapsed_s\": %.6f, \"per_second\": %.3f, \"cpu_s\": %.6f, ",
           exhausted ? "true" : "false", elapsed, answered / elapsed, cpu);
    printf("\"p50_ms\": %.3f, \"p95_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, ",
           milliseconds(50), milliseconds(95), milliseconds(99), milliseconds(100));
    printf("\"sent\": [");
    for (size_t i = 0; i < connection_count; i++)
        printf("%s%lu", i ? ", " : "", (unsigned long)connections[i].sent);
    printf("], \"refusal_status\": %d, \"refusal_body\": \"", refusal_status);
    for (size_t i = 0; i < refusal_length; i++) {
        unsigned char byte = refusal_body[i];
        if (byte < 32 || byte > 126 || byte == '"' || byte == '\\')
            printf("\\u%04x", byte);
        else
            putchar(byte);
    }
    printf("\"}\n");
}

int main(int count, char **arguments) {
    if (count != 7) {
        fprintf(stderr, "usage: generator FILE HOST PORT SECONDS RATE CYCLE\n");
        return 2;
    }
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    double seconds = atof(arguments[4]), rate = atof(arguments[5]);
    cycle = atoi(arguments[6]);
    read_requests(arguments[1]);
    if (getaddrinfo(arguments[2], arguments[3], &wanted, &server)) fail("the address");
    for (size_t i = 0; i < connection_count; i++) reach(&connections[i]);
    double cpu = cpu_seconds();
    int64_t start = now(), end = start + (int64_t)(seconds * SECOND);
    uint64_t unsent = 0;
    if (rate > 0)
        unsent = run_open(start, end, rate);
    else
        run_closed(end);
    broken += busy_count();
    double elapsed = (now() - start) / (double)SECOND;
    report(elapsed, cpu_seconds() - cpu, unsent);
    return 0;
}
